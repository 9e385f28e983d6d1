import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { OperatorError } from '../domain/operator-error.ts';

/** The account PostgreSQL runs under; null: the one we run under ourselves. */
export type RunAs = { readonly uid: number; readonly gid: number } | null;

/** A machine that keeps an account for this service gets it used; every Linux has `nobody`. */
const PREFERRED_ACCOUNTS = ['laufzettel', 'nobody'];

/**
 * PostgreSQL refuses to run as root, so root hands it to an ordinary account: the one that owns the cluster already,
 * else the first of the preferred ones. initdb wants the account to have a name, so a free number will not do.
 */
export function chooseUser(clusterDirectory: string | null): RunAs {
  if (process.getuid?.() !== 0) return null;
  if (clusterDirectory && existsSync(clusterDirectory)) {
    const { uid, gid } = statSync(clusterDirectory);
    if (uid !== 0) return { uid, gid };
  }
  const accounts = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name, , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  );
  for (const name of PREFERRED_ACCOUNTS) {
    const account = accounts.get(name);
    if (account && account.uid > 0) return account;
  }
  throw new OperatorError(
    'database-not-started',
    'PostgreSQL refuses to run as root and this machine has neither an account "laufzettel" nor "nobody"; add one by "useradd --system laufzettel", or start the service as an ordinary user.',
  );
}

/**
 * May this account enter the directory and every one above it? Read from the permission bits, since trying would need a
 * program that the account can surely start. Access control lists that permit more are not seen: then we copy once more.
 */
export function canEnter(user: RunAs, directory: string): boolean {
  if (user === null) return true;
  for (let path = directory; ; path = dirname(path)) {
    const { mode, uid, gid } = statSync(path);
    const needed = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & needed) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
