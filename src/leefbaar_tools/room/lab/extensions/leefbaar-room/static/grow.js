/* Boxes that are as high as their text, for a browser without field-sizing (Firefox). */

const CAN = CSS.supports('field-sizing', 'content');

export class Growing {
  constructor(root) {
    if (CAN) return;
    this.root = root;
    root.addEventListener('input', ({ target }) => this.one(target));
    /* Another width, or larger letters: other lines. */
    this.sizes = new ResizeObserver((boxes) => boxes.forEach(({ target }) => this.one(target)));
  }

  /* What the kernel fills in tells the page nothing: so all are looked at, once a frame. */
  all() {
    if (CAN || this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      for (const box of this.root.querySelectorAll('textarea')) {
        this.one(box);
        this.sizes.observe(box);
      }
    });
  }

  one(box) {
    if (!box.matches('.leefbaar-tekst textarea')) return;
    const seen = `${box.clientWidth} ${getComputedStyle(box).fontSize} ${box.value}`;
    if (box.seen === seen) return;
    box.seen = seen;
    /* The least height, not the height: who drags a box larger keeps it so. */
    box.style.minHeight = '';
    const edge = box.offsetHeight - box.clientHeight;
    if (box.scrollHeight > box.clientHeight) box.style.minHeight = `${box.scrollHeight + edge}px`;
  }
}
