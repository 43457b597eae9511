// Opens pages of `undertone report` in a real browser: report_test.mjs CHROMIUM AXE PAGE...
// Of each page: nothing is fetched, nothing complains, every figure is seen and says its numbers to the pointer, to the
// keyboard and to those who do not see it, in light and in dark, and a phone need not scroll sideways.
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { Chromium } from './chromium.mjs';

const [program, axePath, ...pages] = process.argv.slice(2);
const axe = await readFile(axePath, 'utf8');
let failures = 0;

function expect(holds, what) {
  if (holds) return;
  failures += 1;
  console.error(`FAILED: ${what}`);
}

async function figuresAreSeen(page, where) {
  const figures = await page.value(`[...document.querySelectorAll('figure svg')].map((svg) => {
    const box = svg.getBoundingClientRect();
    return { width: box.width, height: box.height, marks: svg.querySelectorAll('.tip').length, label: svg.getAttribute('aria-label') };
  })`);
  expect(figures.length > 0, `${where}: no figure`);
  for (const [i, figure] of figures.entries()) {
    expect(figure.width > 200 && figure.height > 60, `${where}: figure ${i} is ${figure.width} x ${figure.height} px`);
    expect(figure.marks > 0, `${where}: figure ${i} has no mark that says anything`);
    expect(figure.label, `${where}: figure ${i} has no words`);
  }
  return figures.length;
}

async function pointerShowsTips(page, where, count) {
  for (let i = 0; i < count; ++i) {
    const at = await page.value(`(() => {
      const svg = document.querySelectorAll('figure svg')[${i}];
      svg.scrollIntoView({ block: 'center' });
      const mark = [...svg.querySelectorAll('.tip')].at(-1), box = mark.getBoundingClientRect();
      return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
    })()`);
    await page.value('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    await page.point(at.x, at.y);
    const shown = await page.value(`(() => {
      const tip = document.getElementById('tip'), box = tip.getBoundingClientRect();
      return { text: tip.textContent, inside: box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight,
               known: [...document.querySelectorAll('figure svg')[${i}].querySelectorAll('.tip')].some((mark) => mark.dataset.tip === tip.textContent) };
    })()`);
    expect(shown.text && shown.known, `${where}: figure ${i} says nothing to the pointer`);
    expect(shown.inside, `${where}: the tip of figure ${i} lies outside the window`);
    await page.point(2, 2);
  }
}

async function keyboardShowsTips(page, where, count) {
  for (let i = 0; i < count; ++i) {
    await page.value(`document.querySelectorAll('figure svg')[${i}].querySelector('.tip[tabindex="0"]').focus()`);
    const first = await page.value("document.getElementById('tip').textContent");
    expect(first, `${where}: figure ${i} says nothing when it has the focus`);
    const marks = await page.value(`document.querySelectorAll('figure svg')[${i}].querySelectorAll('.tip').length`);
    await page.press('ArrowRight');
    const at = await page.value(`[...document.querySelectorAll('figure svg')[${i}].querySelectorAll('.tip')].indexOf(document.activeElement)`);
    expect(at === Math.min(1, marks - 1), `${where}: an arrow key in figure ${i} leads to mark ${at}`);
    expect(await page.value("document.getElementById('tip').textContent"), `${where}: no tip behind an arrow key`);
    await page.press('Escape');
    expect(await page.value("document.getElementById('tip').textContent") === '', `${where}: Escape hides no tip`);
  }
}

async function axeFindsNothing(page, where) {
  await page.value(`${axe}; undefined`);
  const found = await page.value(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(
    ({ id, impact, nodes }) => ({ id, impact, count: nodes.length, first: nodes[0].html.slice(0, 200), why: nodes[0].failureSummary })))`);
  for (const one of found) {
    const line = `${where}: axe: ${one.impact} ${one.id}, ${one.count} times: ${one.first} ${one.why}`;
    expect(!['serious', 'critical'].includes(one.impact), line);
    if (!['serious', 'critical'].includes(one.impact)) console.log(line);
  }
}

async function staysInside(page, where) {
  const widths = await page.value('({ page: document.documentElement.scrollWidth, window: innerWidth })');
  expect(widths.page <= widths.window, `${where}: the page is ${widths.page} px wide in a window of ${widths.window}`);
}

const browser = await Chromium.start(program);
try {
  for (const path of pages) {
    const name = path.split('/').at(-1);
    const page = await browser.page();
    for (const scheme of ['light', 'dark']) {
      const where = `${name}, ${scheme}`;
      await page.look({ scheme });
      await page.open(pathToFileURL(path).href);
      const count = await figuresAreSeen(page, where);
      const surface = () => page.value("getComputedStyle(document.querySelector('section')).backgroundColor");
      const before = await surface();
      if (scheme === 'light') {
        await pointerShowsTips(page, where, count);
        await keyboardShowsTips(page, where, count);
      }
      await axeFindsNothing(page, where);
      await page.value("document.getElementById('theme').click()");
      expect(await surface() !== before, `${where}: the button changes nothing`);
      await axeFindsNothing(page, `${where}, button pressed`);
    }
    await page.look({ width: 390, height: 844, mobile: true });
    await page.open(pathToFileURL(path).href);
    await staysInside(page, `${name}, phone`);
    await figuresAreSeen(page, `${name}, phone`);
    await page.value("document.querySelectorAll('details').forEach((part) => { part.open = true; })");
    await staysInside(page, `${name}, phone, all open`);
    await axeFindsNothing(page, `${name}, phone`);
    // A recording that stands beside the page is played; what is embedded too.
    const sounds = await page.value(`Promise.all([...document.querySelectorAll('audio')].slice(0, 2).map((audio) => new Promise((done) => {
      audio.addEventListener('loadedmetadata', () => done(audio.duration));
      audio.addEventListener('error', () => done(0));
      setTimeout(() => done(0), 20000);
      audio.load();
      audio.preload = 'auto';
    })))`);
    for (const seconds of sounds) expect(seconds > 0, `${name}: a recording cannot be played`);
    expect(await page.value("document.querySelectorAll('img, iframe, object, svg script').length") === 0, `${name}: holds what nobody put there`);
    expect((await page.pdf()).length > 10000, `${name}: cannot be printed`);
    expect(page.errors.length === 0, `${name}: the console says: ${page.errors.join(' | ')}`);
    const away = page.requests.filter((url) => !url.startsWith('file://') && !url.startsWith('data:') && url !== 'about:blank');
    expect(away.length === 0, `${name}: asks for ${away.join(' ')}`);
    console.log(`${name}: looked at`);
  }
} finally {
  await browser.stop();
}
process.exit(failures === 0 ? 0 : 1);
