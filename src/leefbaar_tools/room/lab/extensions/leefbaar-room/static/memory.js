/* What was typed on the page and is not yet known to be on disk. JupyterLab notices a dead
   kernel only after a second or more; what is typed meanwhile lives here alone. */

const FIELD = '.leefbaar-veld';
const NAME = /(?:^|\s)(lv-\S+)/;

const nameOf = (field) => NAME.exec(field.className)?.[1];
const inputsOf = (field) => [...field.querySelectorAll('input, textarea, select')];

function read(field) {
  const inputs = inputsOf(field);
  const first = inputs[0];
  if (!first) return null;
  if (first.type === 'radio') return inputs.findIndex((input) => input.checked);
  if (first.type === 'checkbox') return first.checked;
  if (first.tagName === 'SELECT') return first.selectedIndex;
  return first.value;
}

function write(field, state) {
  const inputs = inputsOf(field);
  const first = inputs[0];
  if (!first || read(field) === state) return;
  if (first.type === 'radio') inputs[state]?.click();
  else if (first.type === 'checkbox') first.click();
  else {
    if (first.tagName === 'SELECT') first.selectedIndex = state;
    else first.value = state;
    for (const kind of ['input', 'change']) first.dispatchEvent(new Event(kind, { bubbles: true }));
  }
}

/* A text with one more key typed at the selection; null for a key that types nothing.
   Letters come with keypress, not keydown: the browser sends the two apart, and what broke
   in between would cost the letter. */
function withKey(text, [start, end], event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const before = text.slice(0, start);
  const after = text.slice(end);
  if (event.type === 'keydown') {
    if (event.key !== 'Backspace') return null;
    const kept = start < end ? before : before.slice(0, -1);
    return { text: kept + after, caret: kept.length };
  }
  const letter = event.key === 'Enter' ? '\n' : event.key;
  return { text: before + letter + after, caret: start + letter.length };
}

const KEYS = ['keypress', 'keydown'];

export class Memory {
  constructor(root) {
    this.root = root;
    this.typed = new Map();
    this.place = null;
    this.hold = (event) => this.holdKey(event);
    const note = (event) => {
      const field = event.target.closest?.(FIELD);
      const name = field && nameOf(field);
      if (name) this.typed.set(name, read(field));
    };
    root.addEventListener('input', note, true);
    root.addEventListener('change', note, true);
  }

  /* A field may show something else than was typed in it: a click on + makes of 3 a 4. */
  look() {
    if (this.place) return; // the fields are being made again, and empty
    for (const name of this.typed.keys()) {
      const field = this.find(name);
      if (field) this.typed.set(name, read(field));
    }
  }

  unsaved() {
    this.look();
    return Object.fromEntries(this.typed);
  }

  /* The kernel has written these; a field that was changed again since stays remembered. */
  forget(fields) {
    this.look();
    for (const [name, state] of Object.entries(fields)) {
      if (this.typed.get(name) === state) this.typed.delete(name);
    }
  }

  clear() {
    this.typed.clear();
  }

  rememberPlace(scroller) {
    this.look();
    /* Rows without a name close up when they are shown again: a table is put back whole. */
    for (const name of [...this.typed.keys()]) {
      const table = this.find(name)?.closest('.leefbaar-tabel');
      for (const field of table?.querySelectorAll(FIELD) || []) this.typed.set(nameOf(field), read(field));
    }
    const active = document.activeElement;
    const field = active?.closest?.(FIELD);
    this.place = { top: scroller.scrollTop };
    if (field && this.root.contains(field)) {
      this.place.field = nameOf(field);
      this.place.index = inputsOf(field).indexOf(active);
      this.place.selection = [active.selectionStart, active.selectionEnd];
      /* Who is in the middle of a word types on: those keys are kept as well. */
      if (typeof read(field) === 'string') {
        this.typed.set(this.place.field, read(field));
        for (const kind of KEYS) document.addEventListener(kind, this.hold, true);
        active.blur(); // at once: a blocked field keeps the focus, and swallows a key, for a moment
      }
    }
  }

  holdKey(event) {
    const { field, selection } = this.place;
    const next = this.typed.has(field) && withKey(this.typed.get(field), selection, event);
    if (!next) return;
    event.preventDefault();
    this.typed.set(field, next.text);
    this.place.selection = [next.caret, next.caret];
  }

  find(name) {
    return this.root.querySelector(`.${CSS.escape(name)}`);
  }

  putBack(scroller) {
    for (const kind of KEYS) document.removeEventListener(kind, this.hold, true);
    for (const [name, state] of this.typed) {
      const field = this.find(name);
      if (field) write(field, state);
    }
    if (!this.place) return;
    const field = this.place.field && this.find(this.place.field);
    const input = field && inputsOf(field)[this.place.index];
    input?.focus({ preventScroll: true });
    if (input?.setSelectionRange && this.place.selection[0] !== null && input.type !== 'radio' && input.type !== 'checkbox') {
      input.setSelectionRange(...this.place.selection);
    }
    scroller.scrollTop = this.place.top;
    this.place = null;
  }
}
