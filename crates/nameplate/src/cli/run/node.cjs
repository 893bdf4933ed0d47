// Loaded by `nameplate run` before a Node program. AWS SDK v3 reads AWS_ENDPOINT_URL by itself; what does not is
// redirected here: `aws-sdk` v2, also bundled into a program, and the download of Amazon's root certificate.
'use strict';

// Written by `nameplate run`: the hosts that DescribeEndpoint answers, and the file that the server is trusted by.
const PLACE = __PLACE__;

const http = require('http');
const https = require('https');
const Module = require('module');
const tls = require('tls');
const { readFileSync } = require('fs');
const { urlToHttpOptions } = require('url');

const AMAZON = /\.amazonaws\.com(\.cn)?$/i;
const ROOT_HOST = 'www.amazontrust.com';
const ROOT_PATH = /^\/repository\/AmazonRootCA[1-4]\.pem$/;
// The files of aws-sdk v2 by which it is loaded, its clients included.
const SDK_FILE = /(^|[\\/])(aws-sdk|aws|core|global|index|node_loader)(\.js)?$/;
const DONE = Symbol.for('nameplate.redirected');

// Read when it is needed: a program may set it itself.
const api = () => new URL(process.env.AWS_ENDPOINT_URL);

// Whether an endpoint that a client was given means this server: an address of Amazon's, or the host that
// DescribeEndpoint answers, which has no port of its own.
function isOurs(endpoint) {
  const text = typeof endpoint === 'string' ? endpoint : endpoint && (endpoint.href || endpoint.host);
  if (typeof text !== 'string' || text === '') return false;
  let url;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  } catch {
    // A template such as `{service}.{region}.amazonaws.com`.
    return AMAZON.test(text);
  }
  return AMAZON.test(url.hostname) || (url.port === '' && PLACE.hosts.includes(url.hostname));
}

// aws-sdk v2: each client is made by `Service.prototype.initialize`, whichever way the SDK was loaded.
function redirectSdk(AWS) {
  const Service = AWS.Service;
  if (Service.prototype[DONE]) return;
  Object.defineProperty(Service.prototype, DONE, { value: true });
  const initialize = Service.prototype.initialize;
  Service.prototype.initialize = function (given) {
    const config = Object.assign(Object.create(given ? Object.getPrototypeOf(given) : Object.prototype), given);
    const own = AWS.config[this.constructor.serviceIdentifier];
    const named = config.endpoint || (own && own.endpoint) || AWS.config.endpoint;
    if (!named || isOurs(named)) {
      config.endpoint = api().href;
      if (config.s3ForcePathStyle === undefined) config.s3ForcePathStyle = true;
    }
    return initialize.call(this, config);
  };
}

function isSdk(loaded) {
  return (
    typeof loaded === 'object' && loaded !== null && typeof loaded.VERSION === 'string' &&
    loaded.VERSION.startsWith('2.') && typeof loaded.Service === 'function' && typeof loaded.Config === 'function'
  );
}

// A module that is being loaded further up warns whoever looks into it.
function isWhole(request, parent, isMain) {
  const found = Module._cache[Module._resolveFilename(request, parent, isMain)];
  return found === undefined || found.loaded;
}

const load = Module._load;
Module._load = function (...args) {
  const loaded = load.apply(this, args);
  // What is asked for only here must not throw in its user's stead.
  try {
    if (SDK_FILE.test(args[0]) && isWhole(...args) && isSdk(loaded)) redirectSdk(loaded);
  } catch {}
  return loaded;
};

// Where a request goes instead, or null.
function elsewhere(options) {
  const host = String(options.hostname || options.host || '').replace(/:\d+$/, '');
  const path = String(options.path || '/');
  if (host === ROOT_HOST && ROOT_PATH.test(path)) return { host: api().host, path };
  if (!AMAZON.test(host)) return null;
  const headers = options.headers || {};
  const name = Object.keys(headers).find((name) => name.toLowerCase() === 'authorization');
  const signed =
    (name && String(headers[name]).startsWith('AWS4-HMAC-SHA256')) || /[?&]X-Amz-Signature=/.test(path);
  // The signature covers the host, so it stays.
  return signed ? { host, path } : null;
}

function redirected(module) {
  const request = module.request;
  return function (input, options, callback) {
    if (typeof input === 'string' || input instanceof URL) {
      if (typeof options === 'function') [options, callback] = [undefined, options];
      try {
        input = urlToHttpOptions(new URL(input));
      } catch {
        return request.apply(this, arguments);
      }
      input = Object.assign(input, options);
    } else {
      callback = options;
    }
    const to = elsewhere(input);
    if (to === null) return request.apply(this, arguments);
    const headers = Object.assign({}, input.headers);
    const hasHost = Object.keys(headers).some((name) => name.toLowerCase() === 'host');
    if (!hasHost) headers.Host = to.host;
    const kept = { method: input.method, path: to.path, headers, timeout: input.timeout, signal: input.signal };
    return plainRequest({ ...kept, hostname: api().hostname.replace(/^\[|\]$/g, ''), port: api().port }, callback);
  };
}

const plainRequest = http.request;
for (const module of [https, http]) {
  const request = redirected(module);
  module.request = request;
  module.get = function (...args) {
    const made = request.apply(this, args);
    made.end();
    return made;
  };
}

if (typeof globalThis.fetch === 'function') {
  const fetch = globalThis.fetch;
  globalThis.fetch = function (input, ...rest) {
    const text = typeof input === 'string' || input instanceof URL ? String(input) : input && input.url;
    let url;
    try {
      url = new URL(text);
    } catch {
      return fetch(input, ...rest);
    }
    if (url.hostname === ROOT_HOST && ROOT_PATH.test(url.pathname)) input = new URL(url.pathname, api());
    return fetch(input, ...rest);
  };
}

// Where a variable of the user's own names other authorities, this server's is added to them here.
if (process.env.NODE_EXTRA_CA_CERTS !== PLACE.rootCa) {
  const createSecureContext = tls.createSecureContext;
  const roots = readFileSync(PLACE.rootCa, 'utf8').match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g) || [];
  tls.createSecureContext = function (options) {
    const context = createSecureContext.call(this, options);
    if (!options || !options.ca) roots.forEach((root) => context.context.addCACert(root));
    return context;
  };
}

// `import { request } from 'https'` sees it too.
Module.syncBuiltinESMExports();
