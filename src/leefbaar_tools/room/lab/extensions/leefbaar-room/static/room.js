/* What a participant sees of JupyterLab: the meeting, one Dutch bar, nothing else.

   Acts only on the copies that this start laid down: they carry its mark, and the page
   configuration carries the same mark. */

import { Bar } from './bar.js';
import { Sheet } from './sheet.js';
import { notice, hideNotice } from './notice.js';

const page = JSON.parse(document.getElementById('jupyter-config-data').textContent);

export function activate(app) {
  if (!page.leefbaarRoom) {
    hideNotice();
    return;
  }
  const room = JSON.parse(page.leefbaarRoom);
  document.body.classList.add('leefbaar-room');
  /* Else every kind of message has a thread of its own in the kernel, and their order is lost. */
  app.serviceManager.kernels.commsOverSubshells = 'disabled';
  const bar = new Bar(app, room);
  const sheets = new WeakMap();

  const isOurs = (panel) =>
    panel?.content?.model?.getMetadata?.('leefbaar')?.start === room.start;

  const show = async (panel) => {
    if (!panel?.context || !panel.sessionContext) return;
    await panel.context.ready;
    if (!isOurs(panel)) return;
    if (!sheets.has(panel)) sheets.set(panel, new Sheet(app, panel, bar));
    bar.attach(sheets.get(panel));
  };

  keepKeysForExercises(app);
  dismissDialogs();
  keepDutch(room);
  app.serviceManager.connectionFailure?.connect(() => {
    if (bar.stopping) return;
    notice('Het programma op deze computer is gestopt. Je antwoorden zijn bewaard.',
      'Sluit dit venster en start opnieuw.');
  });

  /* The address names the sheet, and JupyterLab would ask its file browser, which is off. */
  app.commands.addCommand('filebrowser:open-path', { execute: () => {} });
  app.restored.then(async () => {
    hideParts(app.shell);
    bar.show();
    app.shell.currentChanged?.connect((_, change) => show(change.newValue));
    const wanted = decodeURIComponent(location.pathname.split('/tree/')[1] || '');
    const path = room.meetings.some((m) => m.path === wanted) ? wanted : room.meetings[0].path;
    await show(await app.commands.execute('docmanager:open', { path, factory: 'Notebook' }));
  });
}

/* JupyterLab's own keys wreck a meeting: b adds a cell, x removes one, arrows leave a field. */
function keepKeysForExercises(app) {
  app.commands.processKeydownEvent = () => {};
  document.addEventListener('keydown', (event) => {
    const save = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's';
    if (save) event.preventDefault();
  }, true);
  /* A double-click would open the source of a text, Enter on a text its editor. */
  document.addEventListener('dblclick', (event) => {
    if (event.target.closest('.jp-MarkdownCell')) event.stopImmediatePropagation();
  }, true);
}

/* JupyterLab's dialogs are English and ask what no participant can answer. */
function dismissDialogs() {
  new MutationObserver(() => {
    for (const dialog of document.querySelectorAll('.jp-Dialog')) {
      dialog.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    }
  }).observe(document.body, { childList: true });
}

/* JupyterLab sets an English title and language whenever it likes. */
function keepDutch(room) {
  const set = () => {
    if (document.documentElement.lang !== 'nl') document.documentElement.lang = 'nl';
    const path = decodeURIComponent(location.pathname.split('/tree/')[1] || '');
    const meeting = room.meetings.find((m) => m.path === path) || room.meetings[0];
    const title = `${meeting.title} · Werken aan leefbare wijken`;
    if (document.title !== title) document.title = title;
  };
  set();
  const watch = new MutationObserver(set);
  watch.observe(document.head, { childList: true, subtree: true, characterData: true });
  watch.observe(document.documentElement, { attributes: true, attributeFilter: ['lang'] });
}

/* Hidden as widgets, not by style, so that JupyterLab's layout gives their room away. */
function hideParts(widget) {
  const node = widget.node;
  const hidden = ['jp-top-panel', 'jp-menu-panel', 'jp-bottom-panel', 'jp-header-panel'].includes(node.id)
    || node.classList.contains('jp-SideBar') || node.classList.contains('jp-skiplink-wrapper');
  if (hidden) {
    widget.hide();
    return;
  }
  for (const child of widget.layout || []) hideParts(child);
}
