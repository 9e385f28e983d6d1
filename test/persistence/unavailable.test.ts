import { asUnavailable } from '../../src/persistence/unavailable.ts';
import { t } from '../support/t.ts';

const byPrisma = (originalCode: string, originalMessage = '') => ({
  code: 'P2010',
  meta: { driverAdapterError: { cause: { originalCode, originalMessage } } },
});

/** A socket that fails has no SQLSTATE. */
const byKind = (kind: string) => ({ code: 'P2010', meta: { driverAdapterError: { cause: { kind } } } });

t.test('what of a database passes, and what is a failure of ours', async (t) => {
  const rows: [unknown, string | null][] = [
    [{ code: '57014' }, '57014'],
    [{ code: '57P01' }, '57P01'],
    [{ code: '53300' }, '53300'],
    [{ code: '08006' }, '08006'],
    [{ code: 'ECONNREFUSED' }, 'ECONNREFUSED'],
    [{ code: 'P2024' }, 'P2024'],
    [byPrisma('57014'), '57014'],
    [new Error('timeout exceeded when trying to connect'), 'connection-lost'],
    [new Error('Connection terminated unexpectedly'), 'connection-lost'],
    [byPrisma('', 'Connection terminated'), 'connection-lost'],
    [byKind('ConnectionClosed'), 'ConnectionClosed'],
    [byKind('DatabaseNotReachable'), 'DatabaseNotReachable'],
    [byKind('SocketTimeout'), 'SocketTimeout'],
    [{ name: 'DriverAdapterError', cause: { originalCode: '57P01' } }, '57P01'],
    [{ name: 'DriverAdapterError', cause: { kind: 'ConnectionClosed' } }, 'ConnectionClosed'],
    [byKind('UniqueConstraintViolation'), null],
    [{ code: '42501' }, null],
    [{ code: '23505' }, null],
    [{ code: 'P2002' }, null],
    [new TypeError('x is not a function'), null],
    [undefined, null],
    ['57014', null],
  ];
  for (const [error, code] of rows) {
    const told: string[] = [];
    const found = asUnavailable(error, (one) => told.push(one));
    t.equal(found?.message ?? null, code);
    t.same(told, code === null ? [] : [code]);
  }
});
