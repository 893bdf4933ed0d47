// Drives the console in Chromium for test_console.py: one step a line on standard input, as JSON; the answer is a line.
//
// Each page that is looked at is held against axe-core, and nothing may be asked of another server, run a script of a
// page's own, or complain in the browser's console.
const { chromium } = require('playwright-core');
const readline = require('node:readline');
const axe = require.resolve('axe-core/axe.min.js');

const problems = [];
let page;
let base;

function watch(context) {
  context.on('page', (opened) => {
    opened.on('dialog', (dialog) => {
      problems.push(`a script ran: ${dialog.message()}`);
      dialog.dismiss();
    });
    opened.on('pageerror', (error) => problems.push(`an error in the script: ${error}`));
    opened.on('console', (message) => {
      const refused = /the server responded with a status of (403|404|409)/.test(message.text());
      if (message.type() === 'error' && !refused) problems.push(`${opened.url()}: ${message.text()}`);
    });
    opened.on('request', (request) => {
      if (!request.url().startsWith(base)) problems.push(`asked of another server: ${request.url()}`);
    });
  });
}

async function serious() {
  // By the debugger's way in, which a page's policy does not close.
  await page.evaluate(require('node:fs').readFileSync(axe, 'utf8'));
  return page.evaluate(async () => {
    const result = await window.axe.run(document, { resultTypes: ['violations'] });
    return result.violations
      .filter((violation) => ['serious', 'critical'].includes(violation.impact))
      .map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).slice(0, 3).join(' ; ')}`);
  });
}

const steps = {
  async open({ url, dark, width, script = true, chromium: executablePath, lang = 'en-US' }) {
    base = url;
    const browser = steps.browser || (steps.browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-background-networking', '--disable-gpu'],
    }));
    const context = await browser.newContext({
      viewport: { width: width || 1280, height: 900 },
      colorScheme: dark ? 'dark' : 'light',
      javaScriptEnabled: script,
      locale: lang,
    });
    watch(context);
    page = await context.newPage();
    return null;
  },
  async look({ path }) {
    const answer = await page.goto(base + path);
    return { status: answer.status(), url: page.url().slice(base.length) };
  },
  async fill({ fields }) {
    for (const [selector, value] of Object.entries(fields)) {
      const tag = await page.locator(selector).evaluate((element) => element.tagName + element.type);
      if (tag.startsWith('SELECT')) await page.selectOption(selector, value);
      else if (tag.endsWith('checkbox')) await page.setChecked(selector, value);
      else await page.fill(selector, value);
    }
    return null;
  },
  async press({ selector }) {
    await Promise.all([page.waitForLoadState('load'), page.click(selector)]);
    await page.waitForLoadState('load');
    return page.url().slice(base.length);
  },
  async wait({ text, within }) {
    await page.locator(within || 'main').filter({ hasText: text }).first().waitFor({ timeout: 20000 });
    return null;
  },
  async text({ selector }) {
    return page.locator(selector || 'main').first().innerText();
  },
  async value({ selector }) {
    return page.locator(selector).inputValue();
  },
  async axe() {
    return serious();
  },
  async shot({ to }) {
    await page.screenshot({ path: to, fullPage: true });
    return null;
  },
  async wide() {
    // How much of the page lies outside the window.
    return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  },
  async paint() {
    return page.evaluate(() => {
      const [first] = performance.getEntriesByName('first-contentful-paint');
      const [document_] = performance.getEntriesByType('navigation');
      return {
        paint: first && first.startTime,
        server: document_.responseStart - document_.requestStart,
        bytes: performance.getEntriesByType('resource').concat([document_]).reduce((sum, one) => sum + one.decodedBodySize, 0),
      };
    });
  },
  async problems() {
    return problems.splice(0);
  },
  async end() {
    if (steps.browser) await steps.browser.close();
    process.exit(0);
  },
};

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { step, ...rest } = JSON.parse(line);
    let answer;
    try {
      answer = { ok: await steps[step](rest) };
    } catch (error) {
      answer = { error: String(error.stack || error) };
    }
    process.stdout.write(JSON.stringify(answer === undefined ? {} : answer) + '\n');
  }
})();
