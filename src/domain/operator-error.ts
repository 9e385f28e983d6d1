/**
 * What an operator sees when the service cannot start or go on: a stable code and one sentence that says what to do.
 * The counterpart of problem.ts, which is what a caller sees. The sentence never carries a secret or personal data,
 * so it may be logged as it stands.
 */
export type OperatorErrorCode =
  | 'setting-wrong'
  | 'secret-unsafe'
  | 'master-key-missing'
  | 'master-key-other'
  | 'erasure-ledger-unusable'
  | 'data-dir-unusable'
  | 'data-dir-in-use'
  | 'disk-full'
  | 'database-missing'
  | 'database-not-started'
  | 'database-unreachable'
  | 'database-login-refused'
  | 'database-newer'
  | 'database-older'
  | 'migration-edited'
  | 'migration-failed'
  | 'client-not-generated'
  | 'port-taken'
  | 'address-unusable';

export class OperatorError extends Error {
  override readonly name = 'OperatorError';
  readonly code: OperatorErrorCode;

  constructor(code: OperatorErrorCode, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.code = code;
  }
}
