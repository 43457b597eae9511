'use strict';
(() => {
  const root = document.documentElement;
  const button = document.getElementById('theme');
  const dark = () => root.dataset.theme ? root.dataset.theme === 'dark'
                                        : matchMedia('(prefers-color-scheme: dark)').matches;
  const label = () => { button.textContent = dark() ? 'Light page' : 'Dark page'; };
  button.hidden = false;
  button.addEventListener('click', () => { root.dataset.theme = dark() ? 'light' : 'dark'; label(); });
  label();

  // What a mark of a figure says, beside it. A mark is reached with the pointer or a finger, near is near
  // enough; or with the keyboard: Tab goes to a figure, arrows from mark to mark.
  const tip = document.getElementById('tip');
  let shown = null;
  const hide = () => {
    if (shown) shown.classList.remove('shown');
    shown = null;
    tip.textContent = '';
  };
  const place = () => {
    const box = shown.getBoundingClientRect();
    const left = box.left + box.width / 2 - tip.offsetWidth / 2;
    const above = box.top - tip.offsetHeight - 8;
    tip.style.left = Math.max(8, Math.min(left, innerWidth - tip.offsetWidth - 8)) + 'px';
    tip.style.top = (above < 8 ? Math.min(box.bottom + 8, innerHeight - tip.offsetHeight - 8) : above) + 'px';
  };
  const show = (mark) => {
    if (mark === shown) return;
    hide();
    shown = mark;
    mark.classList.add('shown');
    tip.textContent = mark.dataset.tip;
    place();
  };
  for (const svg of document.querySelectorAll('figure svg')) {
    const marks = [...svg.querySelectorAll('.tip')];
    if (!marks.length) continue;
    svg.setAttribute('role', 'group');
    for (const mark of marks) {
      mark.querySelector('title')?.remove();
      mark.setAttribute('role', 'img');
      mark.setAttribute('aria-label', mark.dataset.tip);
      mark.setAttribute('tabindex', mark === marks[0] ? '0' : '-1');
    }
    const nearest = (event) => {
      if (event.target.classList.contains('tip')) return event.target;
      let best = null, least = 24;
      for (const mark of marks) {
        const box = mark.getBoundingClientRect();
        const dx = Math.max(box.left - event.clientX, 0, event.clientX - box.right);
        const dy = Math.max(box.top - event.clientY, 0, event.clientY - box.bottom);
        const distance = Math.hypot(dx, dy);
        if (distance < least) { best = mark; least = distance; }
      }
      return best;
    };
    const point = (event) => { const mark = nearest(event); if (mark) show(mark); else hide(); };
    svg.addEventListener('pointermove', point);
    svg.addEventListener('pointerdown', point);
    svg.addEventListener('pointerleave', (event) => { if (event.pointerType === 'mouse') hide(); });
    svg.addEventListener('focusin', (event) => { if (event.target.classList.contains('tip')) show(event.target); });
    svg.addEventListener('focusout', hide);
    svg.addEventListener('keydown', (event) => {
      const at = marks.indexOf(event.target);
      const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -at, End: marks.length - 1 - at };
      if (at < 0 || !(event.key in steps)) return;
      event.preventDefault();
      const next = marks[Math.max(0, Math.min(marks.length - 1, at + steps[event.key]))];
      event.target.setAttribute('tabindex', '-1');
      next.setAttribute('tabindex', '0');
      next.focus();
    });
  }
  addEventListener('keydown', (event) => { if (event.key === 'Escape') hide(); });
  addEventListener('scroll', () => { if (shown) place(); }, { passive: true });

  // One recording at a time.
  document.addEventListener('play', (event) => {
    for (const player of document.querySelectorAll('audio')) if (player !== event.target) player.pause();
  }, true);
})();
