// For Node's test runner: `import { nameplate } from 'nameplate-server/test'`. The server is started before the first
// test of the file, is empty before each, and ends behind the last.

import { after, afterEach, before, beforeEach } from 'node:test';
import { start } from './index.mjs';

/** Lines of the log that are shown beside a failed test. */
const SHOWN_LINES = 100;

let server;

/** The server, once tests run. */
export const nameplate = new Proxy(
  {},
  {
    get(_, name) {
      if (!server) throw new Error('the server runs only while tests do');
      const value = server[name];
      return typeof value === 'function' ? value.bind(server) : value;
    },
  },
);

before(async () => {
  const flags = (process.env.NAMEPLATE_TEST_FLAGS ?? '').split(' ').filter(Boolean);
  server = await start(...flags);
});
let marked = 0;
beforeEach(async () => {
  await server.reset();
  marked = (await server.log()).length;
});
afterEach(async (test) => {
  // Of older releases of Node nothing is known here.
  if (test?.passed !== false) return;
  const lines = (await server.log()).slice(marked).split('\n');
  const shown = lines.slice(-SHOWN_LINES).join('\n').trim();
  if (shown) console.error(`Nameplate's log of ${test.name}:\n${shown}`);
});
after(() => server?.stop());
