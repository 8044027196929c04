import { komboId } from './kombo-id.ts';
import type { Choices } from './random.ts';

/** One revision (version) of a course: what a progression belongs to. */
export type CourseRevision = {
  id: string;
  remoteId: string;
  title: string;
  course: { id: string; remoteId: string };
};

const TITLES: Choices<string> = [
  'Information Security Awareness',
  'Fire Safety and Evacuation',
  'Working at Height: Ladders & Scaffolds',
  'Arbeitsschutz für Führungskräfte',
  'Prévention du harcèlement au travail',
  'Primeros auxilios: nivel básico',
  'Introdução à Proteção de Dados (LGPD)',
  'أساسيات الأمن السيبراني',
  '食品安全管理基础',
  '新入社員のための情報セキュリティ',
  'An toàn lao động cơ bản',
  'डेटा सुरक्षा का परिचय',
  'Вступ до управління проєктами',
  'Ασφάλεια στον χώρο εργασίας',
  'Anti-Money Laundering: "Know Your Customer" in Practice',
  'Leading Remote Teams 🌍: Listening, Feedback, and Difficult Conversations Across Time Zones',
];

/** Course `number` of a school, in its revision `revision`, both counted from 0. */
export function courseRevision(school: string, number: number, revision: number): CourseRevision {
  const title = TITLES[number % TITLES.length] ?? TITLES[0];
  const level = Math.floor(number / TITLES.length) + 1;
  return {
    id: komboId(school, 'revision', number, revision),
    remoteId: `C${number + 1}-v${revision + 1}`,
    title: level === 1 ? title : `${title} (${level})`,
    course: { id: komboId(school, 'course', number), remoteId: `C${number + 1}` },
  };
}
