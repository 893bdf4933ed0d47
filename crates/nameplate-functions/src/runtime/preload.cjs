'use strict';
// Loaded before AWS's runtime client for Node, in place of its compiled part, and so that what a function calls in AWS
// reaches the server that runs it.

const http = require('node:http');
const https = require('node:https');
const Module = require('node:module');

const [apiHost, apiPort] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const endpoint = process.env.AWS_ENDPOINT_URL;
const deviceHost = process.env.NAMEPLATE_DEVICE_HOST;
for (const name of ['NAMEPLATE_DEVICE_HOST', 'NAMEPLATE_OPT']) delete process.env[name];

// The client of the Runtime API. One connection, so that an answer is sent before the next event is asked for.
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, path, headers, body) {
  return new Promise((resolve, reject) => {
    const bytes = body === undefined ? undefined : Buffer.from(body, 'utf8');
    if (bytes) headers['Content-Length'] = bytes.length;
    const options = { host: apiHost, port: apiPort, agent, method, headers, path: `/2018-06-01/runtime/invocation/${path}` };
    const request = plainRequest(options, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({ response, text: Buffer.concat(parts).toString('utf8') }));
      response.on('error', reject);
    });
    request.setNoDelay(true);
    request.on('error', reject);
    request.end(bytes);
  });
}

// The server says in its own log what it refused; the next question to it fails if it is gone.
const send = (path, headers, body) => void call('POST', path, headers, body).catch(() => {});
const json = 'application/json';

const client = {
  initializeClient() {},
  async next() {
    const { response, text } = await call('GET', 'next', {});
    if (response.statusCode !== 200) throw new Error(`Failed to get next invocation, error ${response.statusCode}`);
    return { bodyJson: text, headers: response.headers };
  },
  done(id, body) {
    send(`${id}/response`, { 'Content-Type': json }, body);
  },
  error(id, body, cause) {
    const headers = { 'Content-Type': json, 'Lambda-Runtime-Function-Error-Type': 'Unhandled' };
    if (cause && Buffer.byteLength(cause) < 8192) headers['Lambda-Runtime-Function-XRay-Error-Cause'] = encodeURI(cause);
    send(`${id}/error`, headers, body);
  },
};

// Amazon's root certificate by its literal address is this server's own; AWS IoT's addresses are this server's, whatever
// address the function was given or wrote down.
const iotHost = /(^|[.-])iot\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/;
const plainRequest = http.request;
const secureRequest = https.request;

function redirected(host, port) {
  const name = String(host || '').toLowerCase().replace(/\.$/, '');
  if (name === 'www.amazontrust.com') return { host: apiHost, port: apiPort, secure: false };
  const ours = iotHost.test(name) || (deviceHost && name === deviceHost && (!port || Number(port) === 443));
  if (!ours || !endpoint) return undefined;
  const url = new URL(endpoint);
  const secure = url.protocol === 'https:';
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port || (secure ? 443 : 80), secure };
}

https.request = function request(...args) {
  const callback = args.find((argument) => typeof argument === 'function');
  const [first, second] = args;
  const address = typeof first === 'string' || first instanceof URL ? new URL(first) : undefined;
  const options = address ? (second && typeof second === 'object' ? second : {}) : first || {};
  const host = options.hostname || options.host || (address && address.hostname);
  const to = redirected(host, options.port || (address && address.port));
  if (!to) return secureRequest.apply(this, args);
  const changed = { ...options, host: to.host, hostname: to.host, port: to.port, protocol: to.secure ? 'https:' : 'http:' };
  changed.path = options.path || (address ? address.pathname + address.search : '/');
  changed.method = options.method || 'GET';
  const headers = { ...(options.headers || {}) };
  // What was signed names the host that the function knows.
  if (!Object.keys(headers).some((name) => name.toLowerCase() === 'host')) headers.Host = host;
  changed.headers = headers;
  for (const name of ['agent', 'servername', 'createConnection', 'defaultPort', '_defaultAgent', 'lookup', 'href']) delete changed[name];
  return (to.secure ? secureRequest : plainRequest)(changed, callback);
};
https.get = function get(...args) {
  const request = https.request(...args);
  request.end();
  return request;
};
if (typeof globalThis.fetch === 'function') {
  const fetch = globalThis.fetch;
  globalThis.fetch = function (resource, options) {
    try {
      const url = new URL(typeof resource === 'string' || resource instanceof URL ? resource : resource.url);
      if (url.hostname === 'www.amazontrust.com') resource = `http://${apiHost}:${apiPort}${url.pathname}`;
    } catch {
      // fetch says what is wrong with it.
    }
    return fetch(resource, options);
  };
}
Module.syncBuiltinESMExports();

// The SDK's version 2 knows no AWS_ENDPOINT_URL, nor AWS_ENDPOINT_URL_DYNAMODB and its like. While it is loaded it replaces
// its own configuration, so it is that which is remembered.
const prepared = new WeakSet();
// Services whose name in version 2 is not the one in the variable, its underscores left out.
const older = { iotdataplane: 'iotdata', iotjobsdataplane: 'iotjobsdata' };

function prepare(sdk) {
  if (!endpoint || !sdk || typeof sdk.Service !== 'function' || !sdk.config || prepared.has(sdk.config)) return;
  prepared.add(sdk.config);
  sdk.config.update({ endpoint, s3ForcePathStyle: true });
  for (const [name, url] of Object.entries(process.env)) {
    const service = /^AWS_ENDPOINT_URL_([A-Z0-9_]+)$/.exec(name);
    if (!service || !url) continue;
    const id = service[1].replaceAll('_', '').toLowerCase();
    sdk.config[older[id] || id] = { endpoint: url };
  }
}

const load = Module._load;
Module._load = function (request, parent, ...rest) {
  if (typeof request === 'string' && request.endsWith('rapid-client.node')) return client;
  const loaded = load.call(this, request, parent, ...rest);
  if (typeof request === 'string') {
    if (/(^|[\\/])aws-sdk([\\/]|$)/.test(request)) prepare(loaded);
    // Whatever part of it is loaded alone loads this.
    else if (/(^|\/)core$/.test(request) && parent && /[\\/]aws-sdk[\\/]/.test(parent.filename || '')) prepare(loaded);
  }
  return loaded;
};

// Modules of the new kind do not look at NODE_PATH: packages of layers, and those that AWS brings, are found after all.
const paths = (process.env.NODE_PATH || '').split(':').filter(Boolean);
if (typeof Module.registerHooks === 'function' && paths.length > 0) {
  const { pathToFileURL } = require('node:url');
  Module.registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        const bare = !/^(\.|\/|[a-z]+:)/.test(specifier);
        if (!bare || error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
        for (const path of paths) {
          // As if a file beside that node_modules had asked.
          const parentURL = pathToFileURL(path.replace(/\/node_modules\/?$/, '') + '/from-node-path.mjs').href;
          try {
            return next(specifier, { ...context, parentURL });
          } catch {
            // The next one.
          }
        }
        throw error;
      }
    },
  });
}
