// For Node's test runner: `import { nameplate } from 'nameplate-server/test'`. The server is started before the first
// test of the file, is empty before each, and ends behind the last.

import { after, before, beforeEach } from 'node:test';
import { start } from './index.mjs';

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
beforeEach(() => server.reset());
after(() => server?.stop());
