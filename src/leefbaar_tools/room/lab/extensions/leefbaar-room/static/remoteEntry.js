/* The door through which JupyterLab loads this extension. No build step: JupyterLab asks a
   container for one module, and that module lies beside this file as plain JavaScript. */
(() => {
  const here = document.currentScript.src;

  /* First thing of all: say what is going on, while JupyterLab itself is still loading. */
  document.documentElement.lang = 'nl';
  const style = document.createElement('link');
  style.rel = 'stylesheet';
  style.href = new URL('room.css', here).href;
  document.head.append(style);
  const notice = document.createElement('div');
  notice.id = 'leefbaar-notice';
  notice.setAttribute('role', 'status');
  notice.innerHTML = '<p>Even geduld, de werkbladen gaan open…</p><p>Alles blijft op deze computer.</p>';
  document.body.append(notice);

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB['leefbaar-room'] = {
    init: () => {},
    get: async () => {
      const room = await import(new URL('room.js', here).href);
      const plugin = { id: 'leefbaar-room:plugin', autoStart: true, activate: room.activate };
      return () => ({ __esModule: true, default: plugin });
    },
  };
})();
