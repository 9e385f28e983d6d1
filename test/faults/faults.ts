/** All faults that `npm run mutants` plants. */
import { FAULTS_OF_CLOSING } from './closing.ts';
import { FAULTS_OF_THE_DATABASE } from './database.ts';
import { FAULTS_OF_THE_DOORS } from './doors.ts';
import type { Fault } from './fault.ts';
import { FAULTS_OF_THE_RULES } from './rules.ts';

export const FAULTS: readonly Fault[] = [
  ...FAULTS_OF_THE_RULES,
  ...FAULTS_OF_CLOSING,
  ...FAULTS_OF_THE_DOORS,
  ...FAULTS_OF_THE_DATABASE,
];
