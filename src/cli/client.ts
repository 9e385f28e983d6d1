/** `npm run client -- …`: what an agency's system does to call the exchange, for a terminal. */
import { parseArgs } from 'node:util';
import { type ClientKeyAlgorithm, fetchToken, generateClientKey, TokenRefused } from '../auth/client-credentials.ts';
import { readKeyFile, UserError, writeKeyFile } from './keys.ts';
import { signVersion, versionToSign } from './sign.ts';

const HELP = `Usage:
  npm run -s client -- keygen --out key.json [--alg ES384|EdDSA]
      Makes a key pair. The private key goes to a new file that only you can read;
      the public key set is printed, to be registered for your client.

  npm run -s client -- token --key key.json --client-id ID --url http://127.0.0.1:8080 [--scope "…"] [--audience URL]
      Prints an access token. Without --scope it has every scope the client may have.
      --audience: the token endpoint as the exchange calls itself, where --url is another way to it.

  npm run -s client -- sign --key key.json --client-id ID --url http://127.0.0.1:8080 --agreement ID [--number N] [--hash HASH] [--confirm]
      Without --hash prints the text of a version of an agreement, and its SHA-256; signs nothing.
      With --hash signs that very text for your agency. --number: which version; that which is in force or drafted.
      --confirm: also where that closes disclosures.
`;

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  out: { type: 'string' },
  alg: { type: 'string' },
  key: { type: 'string' },
  'client-id': { type: 'string' },
  url: { type: 'string' },
  scope: { type: 'string' },
  audience: { type: 'string' },
  agreement: { type: 'string' },
  number: { type: 'string' },
  hash: { type: 'string' },
  confirm: { type: 'boolean' },
} as const;
type Values = Partial<Record<keyof typeof OPTIONS, string | boolean>>;

/** Runs one command and returns what it prints; UserError when the user can mend it. */
async function run(args: string[]): Promise<string> {
  const { values, positionals } = parse(args);
  const [command, ...rest] = positionals;
  if (values.help || command === undefined) return HELP;
  if (rest.length > 0) throw new UserError('Give one command only; see --help.');
  if (command === 'keygen') return keygen(values);
  if (command === 'token') return token(values);
  if (command === 'sign') return sign(values);
  throw new UserError('The commands are keygen, token and sign; see --help.');
}

async function keygen(values: Values): Promise<string> {
  const out = required(values, 'out');
  const { key, jwks } = await generateClientKey(algorithm(values.alg ?? 'ES384'));
  await writeKeyFile(out, key);
  return `${JSON.stringify(jwks, null, 2)}\n`;
}

async function token(values: Values): Promise<string> {
  return `${await tokenFor(values, exchangeOf(values))}\n`;
}

async function sign(values: Values): Promise<string> {
  const exchange = exchangeOf(values);
  const { number, hash } = values as { number?: string; hash?: string };
  const agreementId = required(values, 'agreement');
  const key = await readKeyFile(required(values, 'key'));
  const caller = { url: exchange, token: await tokenFor(values, exchange) };
  const version = await versionToSign(caller, agreementId, number);
  const named = `version ${version.number} of ${agreementId}`;
  if (hash === undefined) {
    return `${version.text}\nThis is ${named}. To sign it, add --number ${version.number} --hash ${version.textHash}\n`;
  }
  const status = await signVersion(caller, version, { key, hash, confirm: values.confirm === true });
  return `Signed ${named}; the agreement is ${status}.\n`;
}

function exchangeOf(values: Values): string {
  const url = URL.parse(required(values, 'url'));
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UserError('--url must be the address of the exchange.');
  return `${url.origin}${url.pathname.replace(/\/$/, '')}`;
}

async function tokenFor(values: Values, exchange: string): Promise<string> {
  const clientId = required(values, 'client-id');
  const tokenUrl = `${exchange}/oauth/token`;
  const key = await readKeyFile(required(values, 'key'));
  const { scope, audience } = values as { scope?: string; audience?: string };
  const { accessToken } = await fetchToken({ tokenUrl, clientId, key, scope, audience }).catch((error: unknown) => {
    throw new UserError(reason(error, tokenUrl));
  });
  return accessToken;
}

function reason(error: unknown, tokenUrl: string): string {
  if (error instanceof TokenRefused) {
    // The exchange does not say more to somebody it does not know yet.
    const hint = error.code === 'invalid_client' ? '; check client id, registered key, clock and --audience' : '';
    return `${tokenUrl} gives no token: ${error.message} (${error.code})${hint}.`;
  }
  const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
  return `${tokenUrl} cannot be asked for a token (${code ?? (error as Error).name}).`;
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    // Node's sentence names the option and goes on with advice.
    throw new UserError(`${(error as Error).message.split('. ')[0]}; see --help.`);
  }
}

function required(values: Values, name: keyof typeof OPTIONS): string {
  const value = values[name];
  if (typeof value !== 'string' || value === '') throw new UserError(`--${name} is missing; see --help.`);
  return value;
}

function algorithm(name: string | boolean): ClientKeyAlgorithm {
  if (name === 'ES384' || name === 'EdDSA') return name;
  throw new UserError('--alg is ES384 or EdDSA.');
}

if (import.meta.main) {
  try {
    process.stdout.write(await run(process.argv.slice(2)));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
