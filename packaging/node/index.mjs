// Nameplate for tests of Node programs: a server of one's own, its clients' settings, devices, clock and faults.
// Needs nothing but Node.

import { spawn } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** How long the server may take to be ready, milliseconds. */
const START_LIMIT = 60_000;
/** How long it may take to end. */
const STOP_LIMIT = 30_000;

const ALLOW_ALL = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }],
};

/** The program: what NAMEPLATE_BIN names, or the one that this package brings. */
export function binary() {
  if (process.env.NAMEPLATE_BIN) return process.env.NAMEPLATE_BIN;
  const own = fileURLToPath(new URL('./bin/nameplate', import.meta.url));
  return existsSync(own) ? own : 'nameplate';
}

/** The server refused what was asked of it. */
export class NameplateError extends Error {
  constructor(message, status) {
    super(message);
    this.name = 'NameplateError';
    this.status = status;
  }
}

/** Starts a server on free ports that tests may empty; `flags` are those of `nameplate serve`. End it with `stop()`. */
export async function start(...flags) {
  const directory = await mkdtemp(join(tmpdir(), 'nameplate-'));
  const log = await open(join(directory, 'server.log'), 'a');
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NAMEPLATE_')));
  const child = spawn(
    binary(),
    [
      'serve', '--data-dir', directory, '--api', '127.0.0.1:0', '--mqtt', '127.0.0.1:0', '--https', '127.0.0.1:0',
      '--device-ca-key', 'ecdsa', '--allow-reset', ...flags,
    ],
    { stdio: ['ignore', 'pipe', log.fd], env },
  );
  try {
    await ready(child);
  } catch (error) {
    child.kill('SIGKILL');
    const said = await readFile(join(directory, 'server.log'), 'utf8');
    throw new NameplateError(`the server did not start: ${error.message}\n${said}`);
  } finally {
    await log.close();
  }
  const places = JSON.parse(await readFile(join(directory, 'endpoints.json'), 'utf8'));
  const keys = await readFile(join(directory, 'credentials'), 'utf8');
  const key = (name) => new RegExp(`^${name}\\s*=\\s*(.*)$`, 'm').exec(keys)[1].trim();
  return new Nameplate(child, directory, places, {
    accessKeyId: key('aws_access_key_id'),
    secretAccessKey: key('aws_secret_access_key'),
  }, await readFile(join(directory, 'root-ca.pem'), 'utf8'));
}

function ready(child) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`it was not ready after ${START_LIMIT / 1000} s`)), START_LIMIT);
    const lines = createInterface({ input: child.stdout });
    const end = (error) => {
      clearTimeout(timer);
      lines.close();
      child.stdout.resume();
      if (error) reject(error);
      else resolve();
    };
    lines.once('line', (line) => end(line.startsWith('ready ') ? undefined : new Error(line)));
    child.once('error', end);
    child.once('exit', (code) => end(new Error(`it ended with ${code}`)));
  });
}

const port = (address) => Number(address.slice(address.lastIndexOf(':') + 1));
const sha256 = (data) => createHash('sha256').update(data).digest('hex');
const hmac = (key, data) => createHmac('sha256', key).update(data).digest();

/** A server that tests have to themselves. */
export class Nameplate {
  #child;
  #number = 0;

  constructor(child, directory, places, credentials, rootCa) {
    this.#child = child;
    /** The data directory. */
    this.directory = directory;
    /** `http://HOST:PORT` of the AWS APIs. */
    this.endpoint = `http://${places.api[0]}`;
    this.region = places.region;
    this.credentials = credentials;
    /** Where devices connect. */
    // The server's certificate has this name, whatever --endpoint-host says, and it leads here.
    this.mqtt = { host: 'localhost', port: port(places.mqtt[0]) };
    this.httpsPort = port(places.https[0]);
    /** PEM that devices trust the server by. */
    this.rootCa = rootCa;
    /** Moves the server's clock, which certificates expire and waits end by. */
    this.clock = {
      now: async () => new Date((await this.call('GET', '/nameplate/clock')).now),
      forward: async ({ seconds = 0, minutes = 0, hours = 0, days = 0 }) => {
        const total = seconds + 60 * (minutes + 60 * (hours + 24 * days));
        return new Date((await this.call('POST', '/nameplate/clock', { seconds: Math.trunc(total) })).now);
      },
    };
  }

  /** Settings of a client of the AWS SDK: `new IoTClient(nameplate.config())`. */
  config() {
    return { endpoint: this.endpoint, region: this.region, credentials: this.credentials, maxAttempts: 1 };
  }

  /** Variables that point AWS's tools in another process at the server. */
  env() {
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_ACCESS_KEY_ID: this.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.credentials.secretAccessKey,
      AWS_REGION: this.region,
      AWS_DEFAULT_REGION: this.region,
      NAMEPLATE_ROOT_CA: join(this.directory, 'root-ca.pem'),
    };
  }

  /** A signed call; its JSON answer. `service` is the server's own, or one of AWS's, such as `iot`; `fields` are further
   * fields of the head, names in lower case. */
  async call(method, target, body, service = 'nameplate', fields = {}) {
    const payload = body === undefined ? '' : JSON.stringify(body);
    const url = new URL(target, this.endpoint);
    const headers = this.#signed(service, method, url, payload, fields);
    const { status, text } = await send(method, url, headers, payload);
    if (status >= 300) throw new NameplateError(`${method} ${target}: HTTP ${status}: ${text}`, status);
    return text ? JSON.parse(text) : {};
  }

  // Signature version 4.
  #signed(service, method, url, payload, fields) {
    const at = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
    const scope = `${at.slice(0, 8)}/${this.region}/${service}/aws4_request`;
    const headers = { ...fields, host: url.host, 'x-amz-content-sha256': sha256(payload), 'x-amz-date': at };
    const names = Object.keys(headers).sort();
    const query = [...url.searchParams].map((pair) => pair.map(encode).join('=')).sort().join('&');
    const path = url.pathname.split('/').map((part) => encode(part)).join('/');
    const canonical = [
      method, path, query, ...names.map((name) => `${name}:${headers[name]}`), '', names.join(';'), sha256(payload),
    ].join('\n');
    const text = ['AWS4-HMAC-SHA256', at, scope, sha256(canonical)].join('\n');
    const key = [at.slice(0, 8), this.region, service, 'aws4_request'].reduce(
      hmac,
      `AWS4${this.credentials.secretAccessKey}`,
    );
    const signature = hmac(key, text).toString('hex');
    const credential = `${this.credentials.accessKeyId}/${scope}`;
    headers.authorization =
      `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
    return headers;
  }

  /** Empties it, in milliseconds: devices are sent away, the clock is right again. Snapshots stay. */
  reset() {
    return this.call('POST', '/nameplate/reset');
  }

  /** What the server has logged. */
  log() {
    return readFile(join(this.directory, 'server.log'), 'utf8');
  }

  /** Keeps the registry aside under this name. */
  snapshot(name) {
    return this.call('POST', `/nameplate/snapshots/${encodeURIComponent(name)}`);
  }

  /** Puts back what was kept aside. */
  restore(name) {
    return this.call('POST', `/nameplate/snapshots/${encodeURIComponent(name)}/restore`);
  }

  /** Has something go wrong: `drop-connect`, `lose-connack`, `lose-suback`, `lose-puback`, `lose-pingresp`, `slow-hook` or `throttle`. */
  fault(fault, { times = 1, of, delayMillis } = {}) {
    return this.call('POST', '/nameplate/faults', { fault, times, of, delayMillis });
  }

  /** Nothing is to go wrong any more. */
  clearFaults() {
    return this.call('DELETE', '/nameplate/faults');
  }

  /** Records of connection attempts, newest first. */
  async explain(subject) {
    const query = subject === undefined ? '' : `?of=${encodeURIComponent(subject)}`;
    return (await this.call('GET', `/nameplate/attempts${query}`)).attempts;
  }

  /**
   * A device that is registered: a thing with a certificate that is ACTIVE and has this policy. `device.tls` are the
   * options that `tls.connect` and MQTT clients take: host, port, ca, cert, key.
   */
  async device(name = `device-${++this.#number}`, { policy = ALLOW_ALL } = {}) {
    const iot = (method, path, body, fields) => this.call(method, path, body, 'iot', fields);
    const made = await iot('POST', '/keys-and-certificate?setAsActive=true');
    await iot('POST', `/things/${name}`, {});
    if (policy) {
      await iot('POST', `/policies/${name}-policy`, { policyDocument: JSON.stringify(policy) });
      await iot('PUT', `/target-policies/${name}-policy`, { target: made.certificateArn });
    }
    await iot('PUT', `/things/${name}/principals`, undefined, { 'x-amzn-principal': made.certificateArn });
    return {
      name,
      certificateId: made.certificateId,
      certificateArn: made.certificateArn,
      tls: { ...this.mqtt, servername: this.mqtt.host, ca: this.rootCa, cert: made.certificatePem, key: made.keyPair.PrivateKey },
    };
  }

  /** Ends it, and removes its directory. */
  async stop() {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = new Promise((resolve) => this.#child.once('exit', resolve));
      this.#child.kill('SIGTERM');
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_LIMIT);
      await ended;
      clearTimeout(timer);
    }
    await rm(this.directory, { recursive: true, force: true });
  }
}

const encode = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

function send(method, url, headers, payload) {
  return new Promise((resolve, reject) => {
    // One connection a call: a kept one would hold the test process open.
    const request = http.request(url, { method, headers, agent: false }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode, text: Buffer.concat(parts).toString() }));
      answer.on('error', reject);
    });
    request.on('error', reject);
    request.end(payload);
  });
}
