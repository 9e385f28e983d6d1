/**
 * The demo network: the five partners of the cooperation agreement of 2007 in the Kreis Pinneberg, as a showcase. They
 * exist; they do not run, endorse or know this service. Ids are fixed, so that the docs can name them.
 */
import type { Land } from '../domain/laender.ts';
import type { Scope } from '../domain/permission.ts';

export interface DemoAgency {
  id: string;
  /** Its system's OAuth client, and the name of its key file. */
  system: string;
  kind: 'ARGE' | 'BERATUNGSSTELLE';
  name: string;
  sponsor: string;
  publicBody: boolean;
  legalRegime: 'GDPR_SGB' | 'DSG_EKD' | 'KDG';
  services: string[];
  targetGroups: string[];
  topics: string[];
  languages: string[];
  land: Land;
}

const counselling = { kind: 'BERATUNGSSTELLE', publicBody: false, land: 'SH' } as const;

export const DEMO_AGENCIES: readonly DemoAgency[] = [
  {
    id: '01980000-0000-7000-8000-000000000001',
    system: 'arge-pinneberg',
    kind: 'ARGE',
    name: 'ARGE Kreis Pinneberg',
    sponsor: 'Kreis Pinneberg und Bundesagentur für Arbeit',
    publicBody: true,
    legalRegime: 'GDPR_SGB',
    land: 'SH',
    services: ['ARBEITSVERMITTLUNG', 'LEISTUNG'],
    targetGroups: ['JUGENDLICHE', 'ERWACHSENE'],
    topics: ['SOZIALRECHT', 'AUSBILDUNG', 'ARBEIT'],
    languages: ['de'],
  },
  {
    ...counselling,
    id: '01980000-0000-7000-8000-000000000002',
    system: 'caritas-pinneberg',
    name: 'Migrationsberatung Caritasverband für Schleswig-Holstein e.V.',
    sponsor: 'Caritasverband für Schleswig-Holstein e.V.',
    legalRegime: 'KDG',
    services: ['MIGRATIONSERSTBERATUNG', 'MIGRATIONSSOZIALBERATUNG'],
    targetGroups: ['ERWACHSENE', 'KINDER'],
    topics: ['AUFENTHALTSRECHT', 'SOZIALRECHT', 'SPRACHE'],
    languages: ['de', 'pl', 'ru', 'en'],
  },
  {
    ...counselling,
    id: '01980000-0000-7000-8000-000000000003',
    system: 'diakonie-pinneberg',
    name: 'Diakonieverein Migration e.V.',
    sponsor: 'Diakonieverein Migration e.V.',
    legalRegime: 'DSG_EKD',
    services: ['MIGRATIONSERSTBERATUNG', 'MIGRATIONSSOZIALBERATUNG'],
    targetGroups: ['ERWACHSENE', 'KINDER'],
    topics: ['AUFENTHALTSRECHT', 'SOZIALRECHT', 'SPRACHE'],
    languages: ['de', 'fa', 'ar', 'en'],
  },
  {
    ...counselling,
    id: '01980000-0000-7000-8000-000000000004',
    system: 'tgsh-pinneberg',
    name: 'Türkische Gemeinde in Schleswig-Holstein e.V.',
    sponsor: 'Türkische Gemeinde in Schleswig-Holstein e.V.',
    legalRegime: 'GDPR_SGB',
    services: ['MIGRATIONSSOZIALBERATUNG'],
    targetGroups: ['ERWACHSENE', 'JUGENDLICHE'],
    topics: ['SOZIALRECHT', 'AUSBILDUNG', 'SCHULE'],
    languages: ['de', 'tr', 'ku'],
  },
  {
    ...counselling,
    id: '01980000-0000-7000-8000-000000000005',
    system: 'kirchenkreis-rantzau',
    name: 'Jugendmigrationsdienst Kirchenkreis Rantzau',
    sponsor: 'Kirchenkreis Rantzau',
    legalRegime: 'DSG_EKD',
    services: ['JUGENDMIGRATIONSBERATUNG'],
    targetGroups: ['JUGENDLICHE'],
    topics: ['AUSBILDUNG', 'SCHULE', 'SPRACHE'],
    languages: ['de', 'en', 'ru'],
  },
];

export const DEMO_AGREEMENT = {
  id: '01980000-0000-7000-8000-000000000010',
  title: 'Kooperationsvereinbarung Migration Kreis Pinneberg',
  from: '2007-01-01T00:00:00+01:00',
};

export const DEMO_ADMIN_SYSTEM = 'exchange-admin';

export const AGENCY_SCOPES: readonly Scope[] = [
  'laufzettel:read',
  'laufzettel:write',
  'consent:read',
  'consent:write',
  'agency:admin',
  'audit:read',
];
