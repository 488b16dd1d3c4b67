/* The one line over the page that says what is going on. */

export function notice(text, more = '') {
  let box = document.getElementById('leefbaar-notice');
  if (!box) {
    box = document.createElement('div');
    box.id = 'leefbaar-notice';
    box.setAttribute('role', 'status');
    document.body.append(box);
  }
  box.replaceChildren(...[text, more].filter(Boolean).map((line) => {
    const p = document.createElement('p');
    p.textContent = line;
    return p;
  }));
}

export function hideNotice() {
  document.getElementById('leefbaar-notice')?.remove();
}
