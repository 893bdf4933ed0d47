// Starts AWS's runtime client for Node, whose path is the argument. Releases from 4 on start themselves.

import { pathToFileURL } from 'node:url';

const client = await import(pathToFileURL(process.argv[2]).href);
if (typeof client.run === 'function') await client.run(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
