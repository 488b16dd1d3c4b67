/* Names and roles that ipywidgets and JupyterLab do not give, or give in English. */

const setOnce = (node, name, value) => {
  if (node && node.getAttribute(name) !== value) node.setAttribute(name, value);
};

export function improve(root) {
  /* One page to read, no list of cells: JupyterLab's own roles and English names for that go. */
  for (const node of root.querySelectorAll('.jp-Cell, .jp-WindowedPanel-viewport')) {
    for (const name of ['role', 'aria-label']) node.removeAttribute(name);
  }
  for (const field of root.querySelectorAll('.widget-radio')) {
    const box = field.querySelector('.widget-radio-box');
    setOnce(box, 'role', 'radiogroup');
    setOnce(box, 'aria-label', field.querySelector('.widget-label')?.textContent || '');
    const name = /lv-\S+/.exec(field.className)?.[0];
    /* One name makes them one group: the arrow keys then move inside it, Tab past it. */
    if (name) for (const input of box.querySelectorAll('input')) setOnce(input, 'name', name);
  }
  for (const group of root.querySelectorAll('.leefbaar-groep')) {
    setOnce(group, 'role', 'group');
    setOnce(group, 'aria-label', group.querySelector('.leefbaar-label')?.textContent.trim() || '');
  }
  /* Who reads a source keeps the sheet. */
  for (const link of root.querySelectorAll('.widget-html a[href^="http"]')) setOnce(link, 'target', '_blank');
  for (const status of root.querySelectorAll('.leefbaar-status')) setOnce(status, 'role', 'status');
  for (const node of root.querySelectorAll('.widget-label[title="null"]')) node.removeAttribute('title');
  for (const node of root.querySelectorAll('.jp-OutputArea-promptOverlay[title]')) node.removeAttribute('title');
}
