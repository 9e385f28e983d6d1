/**
 * Takes the steps of the Dockerfile by hand, in a folder of its own. Two of them are stood in for, and only these two:
 * "npm ci" becomes hard links of exactly the packages that it would install by the lock file, taken from the ones that CI
 * has just installed (a registry may not be reachable); and absolute paths lie below the folder.
 */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { fromRoot, readDockerfile, type Stage, type Step } from './dockerfile.ts';

const NPM_CI = 'npm ci --omit=dev --ignore-scripts';

export interface Built {
  stage: Stage;
  /** The folder that stands for / of the image. */
  root: string;
  workdir: string;
}

/** @param account that owns what is copied with --chown; null: this test's own. */
export async function buildByHand(directory: string, account: { uid: number; gid: number } | null): Promise<Built> {
  const roots = new Map<string, string>();
  let built: Built | undefined;
  for (const [index, stage] of readDockerfile().entries()) {
    const root = join(directory, stage.name ?? String(index));
    mkdirSync(root, { recursive: true });
    if (stage.name !== null) roots.set(stage.name, root);
    let workdir = root;
    for (const step of stage.steps) {
      if (step.kind === 'WORKDIR') {
        workdir = join(root, step.directory);
        mkdirSync(workdir, { recursive: true });
      } else if (step.kind === 'COPY') {
        copy(step, { root, workdir, from: step.stage === null ? null : roots.get(step.stage)!, account });
      } else {
        await run(step.command, workdir);
      }
    }
    built = { stage, root, workdir };
  }
  return built!;
}

interface Place {
  root: string;
  workdir: string;
  from: string | null;
  account: { uid: number; gid: number } | null;
}

function copy(step: Extract<Step, { kind: 'COPY' }>, { root, workdir, from, account }: Place): void {
  const target = step.to.startsWith('/') ? join(root, step.to) : resolve(workdir, step.to);
  const intoFolder = step.to.endsWith('/') || step.to === '.';
  for (const name of step.from) {
    const source = from === null ? fromRoot(name) : join(from, name);
    const isFolder = statSync(source).isDirectory();
    const destination = intoFolder && !isFolder ? join(target, basename(name)) : target;
    mkdirSync(dirname(destination), { recursive: true });
    cpSync(source, destination, {
      recursive: true,
      verbatimSymlinks: true,
      filter: from === null ? isSent : undefined,
    });
  }
  if (step.owner !== null && account !== null) {
    for (const path of [target, ...readdirSync(target).map((name) => join(target, name))]) {
      chownSync(path, account.uid, account.gid);
    }
  }
}

/** What .dockerignore leaves to be sent. */
function isSent(source: string): boolean {
  const path = relative(fromRoot('.'), source);
  const ignored = readFileSync(fromRoot('.dockerignore'), 'utf8').split('\n').filter(Boolean);
  return !ignored.some((pattern) =>
    pattern.startsWith('*') ? path.endsWith(pattern.slice(1)) && !path.includes('/') : path === pattern,
  );
}

async function run(command: string, workdir: string): Promise<void> {
  if (command === NPM_CI) return linkPackages(workdir);
  const env = { PATH: `${join(workdir, 'node_modules/.bin')}:${process.env.PATH}`, HOME: process.env.HOME };
  await promisify(execFile)('sh', ['-c', command], { cwd: workdir, env });
}

interface Locked {
  dev?: boolean;
  optional?: boolean;
}

/** The packages that the lock file does not mark as for development alone. */
function linkPackages(workdir: string): void {
  const { packages } = JSON.parse(readFileSync(join(workdir, 'package-lock.json'), 'utf8'));
  const wanted = Object.entries<Locked>(packages).filter(([path, { dev }]) => path !== '' && !dev);
  for (const [path, { optional }] of wanted) {
    const source = fromRoot(path);
    if (existsSync(source)) linkTree(source, join(workdir, path));
    else if (!optional) throw new Error(`${path} of the lock file is not installed; run "npm ci"`);
  }
  const bin = fromRoot('node_modules/.bin');
  mkdirSync(join(workdir, 'node_modules/.bin'), { recursive: true });
  for (const name of readdirSync(bin)) {
    const link = readlinkSync(join(bin, name));
    if (existsSync(resolve(workdir, 'node_modules/.bin', link)))
      symlinkSync(link, join(workdir, 'node_modules/.bin', name));
  }
}

/** Nested packages have entries of their own in the lock file. */
function linkTree(source: string, target: string): void {
  mkdirSync(target, { recursive: true });
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules') linkTree(from, to);
    } else if (entry.isSymbolicLink()) {
      symlinkSync(readlinkSync(from), to);
    } else {
      link(from, to);
    }
  }
}

function link(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // Another file system: a copy costs time, and nothing else.
    copyFileSync(from, to);
    chmodSync(to, lstatSync(from).mode);
  }
}
