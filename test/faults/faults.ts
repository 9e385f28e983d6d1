/** All faults that `npm run mutants` plants, by where they are. */
import { FAULTS_OF_CLOSING } from './closing.ts';
import { FAULTS_OF_THE_DATABASE } from './database.ts';
import { FAULTS_OF_THE_DOORS } from './doors.ts';
import type { Fault } from './fault.ts';
import { FAULTS_OF_THE_RULES } from './rules.ts';
import { FAULTS_OF_SENDING } from './sending.ts';
import { FAULTS_UNSEEN } from './unseen.ts';

export const FAULTS: Readonly<Record<string, readonly Fault[]>> = {
  rules: FAULTS_OF_THE_RULES,
  closing: FAULTS_OF_CLOSING,
  doors: FAULTS_OF_THE_DOORS,
  database: FAULTS_OF_THE_DATABASE,
  sending: FAULTS_OF_SENDING,
  unseen: FAULTS_UNSEEN,
};
