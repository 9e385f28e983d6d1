import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** A name that is not loopback: browsers treat http://localhost as secure and would hide what breaks on plain http. */
export const PLAIN_HTTP_HOST = 'laufzettel.test';

/**
 * Debian's package chromium-headless-shell. Its package chromium will not do: that one turns to accounts.google.com,
 * update.googleapis.com and more by itself, whatever background networking it is denied, and would drown out a page.
 */
const DEBIAN_CHROMIUM = '/usr/bin/chromium-headless-shell';

export type TestBrowser = {
  browser: Browser;
  /**
   * Ends the browser, removes what it wrote, and answers every host that the whole browser process tried to reach
   * since it began (`host` or `host:port`), taken from Chromium's own network log. Pages, workers, service workers,
   * prefetches and the browser itself are all in it.
   */
  close(): Promise<string[]>;
};

/** A real Chromium, headless: Debian's where it is installed, else the registry's. Throws where neither runs. */
export async function openBrowser(): Promise<TestBrowser> {
  const folder = await mkdtemp(join(tmpdir(), 'laufzettel-browser-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  // A test that fails halfway may never close its browser, and the folder holds 200 MB.
  process.once('exit', removeFolder);
  try {
    const home = join(folder, 'home');
    await mkdir(home);
    const { executablePath, environment } = existsSync(DEBIAN_CHROMIUM)
      ? { executablePath: DEBIAN_CHROMIUM, environment: {} }
      : await unpackChromium(folder);
    const networkLog = join(folder, 'network-log.json');
    const browser = await chromium.launch({
      executablePath,
      // HOME may be unwritable or missing; Chromium, its fonts and its crash handler all want one.
      env: { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', ...environment },
      // Playwright gives each launch a fresh user data directory, keeps background networking off, and starts
      // without the sandbox, which needs privileges that root in a container and an ordinary user may both lack.
      // The pages are our own.
      args: [
        `--host-resolver-rules=MAP ${PLAIN_HTTP_HOST} 127.0.0.1`,
        `--log-net-log=${networkLog}`,
        '--disable-gpu',
        '--disable-dev-shm-usage', // a container's /dev/shm is often too small
        '--no-pings',
        '--disable-domain-reliability',
      ],
    });
    const close = async () => {
      await browser.close();
      const hosts = hostsInNetworkLog(await readFile(networkLog, 'utf8'));
      removeFolder();
      process.off('exit', removeFolder);
      return hosts;
    };
    return { browser, close };
  } catch (error) {
    removeFolder();
    throw error;
  }
}

/**
 * Unpacks the registry's Chromium (x86-64 Linux) into `folder`, with the NSS libraries and a font that come with it,
 * so that a machine with nothing but a C library can run it. Its own `executablePath()` is not used: that shares one
 * path in the system's temporary folder between users and processes, and leaves the libraries out outside AWS.
 * Its `args` are not used either: `--single-process` and `--no-zygote` crash here, `--disable-web-security` would
 * make the tests worthless.
 */
async function unpackChromium(folder: string) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`no Chromium for ${process.platform} ${process.arch}: install it as ${DEBIAN_CHROMIUM}`);
  }
  const place = await unpackedOnce(folder);
  const [executablePath, libraries, fonts] = ['chromium', 'al2023', 'fonts'].map((name) => join(place, name)) as [
    string,
    string,
    string,
  ];
  // The package's own font configuration names folders of AWS.
  const fontConfiguration = join(folder, 'fonts.conf');
  await writeFile(
    fontConfiguration,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${fonts}</dir><cachedir>${folder}/font-cache</cachedir></fontconfig>`,
  );
  return {
    executablePath,
    environment: { LD_LIBRARY_PATH: join(libraries, 'lib'), FONTCONFIG_FILE: fontConfiguration },
  };
}
/** Where a run of the tests says so, for all of its files: whoever is first unpacks it, and what is there is complete. */
async function unpackedOnce(folder: string): Promise<string> {
  const shared = process.env.LAUFZETTEL_TEST_CHROMIUM;
  if (shared === undefined) return unpackInto(folder);
  if (existsSync(shared)) return shared;
  const own = await unpackInto(`${shared}.${process.pid}`);
  await rename(own, shared).catch(() => rm(own, { recursive: true, force: true }));
  return shared;
}

async function unpackInto(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const { inflate } = await import('@sparticuz/chromium');
  const archives = fileURLToPath(new URL('../bin/', import.meta.resolve('@sparticuz/chromium')));
  // inflate() reads TMPDIR while it is being called, not later, so the change is seen by nobody else.
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  const unpacking = ['chromium.br', 'al2023.tar.br', 'fonts.tar.br'].map((name) => inflate(join(archives, name)));
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  await Promise.all(unpacking);
  return folder;
}

export type ConnectionWatch = {
  /** Addresses on other hosts that a page, worker or service worker asked for, whether or not the request got out. */
  foreign: string[];
  /** What the content security policy made the browser refuse. */
  refused: string[];
};

/**
 * Watches every page of a context, also ones that open later, service workers included. The two lists fill while the
 * pages live. It sees what pages ask for; {@link TestBrowser.close} sees what the browser did.
 */
export function watchForeignConnections(target: Page | BrowserContext, allowedOrigin: string): ConnectionWatch {
  const watch: ConnectionWatch = { foreign: [], refused: [] };
  const allowedHost = new URL(allowedOrigin).host;
  const note = (address: string) => {
    const { host } = new URL(address);
    // data:, blob: and about: have no host and reach nobody.
    if (host !== '' && host !== allowedHost) watch.foreign.push(address);
  };
  const watchPage = (page: Page) => page.on('websocket', (socket) => note(socket.url()));

  const context = 'context' in target ? target.context() : target;
  context.on('request', (request) => note(request.url()));
  context.on('serviceworker', (worker) => note(worker.url()));
  context.on('page', watchPage);
  context.pages().forEach(watchPage);
  context.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) watch.refused.push(message.text());
  });
  return watch;
}

type NetworkLogEvent = { type: number; source: { id: number }; params?: Record<string, unknown> };

/** Which field of which event of a Chromium network log names somebody the browser turned to. */
const HOST_FIELDS: Record<string, string> = {
  REQUEST_ALIVE: 'url',
  HTTP_STREAM_JOB_CONTROLLER: 'url', // also preconnects, which are no requests
  HOST_RESOLVER_MANAGER_REQUEST: 'host', // also lookups that no request follows
  TCP_CONNECT_ATTEMPT: 'address',
  UDP_BYTES_SENT: 'address',
};

function hostsInNetworkLog(text: string): string[] {
  const log: { constants: { logEventTypes: Record<string, number> }; events: NetworkLogEvent[] } = JSON.parse(text);
  const fieldByType = new Map(
    Object.entries(HOST_FIELDS).map(([name, field]) => {
      const type = log.constants.logEventTypes[name];
      // An event that a new Chromium calls something else would be missed in silence.
      if (type === undefined) throw new Error(`Chromium's network log has no event ${name}`);
      return [type, field];
    }),
  );
  // Chromium asks the kernel for a route to a public address, to learn whether there is IPv6. It sends nothing, so
  // a datagram socket counts only once bytes leave it; a connected one then names its peer in another event.
  const peers = new Map<number, unknown>();
  const hosts = new Set<string>();
  for (const { type, source, params } of log.events) {
    if (type === log.constants.logEventTypes.UDP_CONNECT) peers.set(source.id, params?.address);
    const field = fieldByType.get(type);
    if (field === undefined) continue;
    const value = params?.[field] ?? (type === log.constants.logEventTypes.UDP_BYTES_SENT ? peers.get(source.id) : '');
    if (typeof value !== 'string' || value === '') continue;
    const host = value.includes('://') ? new URL(value).host : value;
    if (host !== '') hosts.add(host);
  }
  return [...hosts].sort();
}
