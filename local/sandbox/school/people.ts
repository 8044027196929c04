import { days } from '../clock.ts';
import { type Choices, komboId, randomOf } from './random.ts';

export type Person = {
  id: string;
  remoteId: string;
  firstName: string;
  lastName: string | null;
  email: string | null;
  /** A family name that the learner gets later. It does not change the progression's `changed_at`. */
  renamed: { at: number; lastName: string } | null;
};

const CULTURES: Choices<{ given: Choices<string>; family: Choices<string> }> = [
  { given: ['Amelia', 'Grace', 'Owen', 'Siobhán'], family: ['Clarke', "O'Brien", 'Whitfield'] },
  { given: ['Jürgen', 'Zoë', 'Łukasz', 'Åsa'], family: ['Müller', 'Nowak-Wiśniewska', 'Sørensen'] },
  { given: ['João', 'Inés', 'Thiago'], family: ['da Conceição', 'García Márquez', 'Núñez'] },
  { given: ['Amara', 'Chidi', 'Thandiwe'], family: ['Okafor', 'Mbeki', 'Adébáyọ̀'] },
  { given: ['ليلى', 'محمد', 'נועה'], family: ['الحداد', 'منصور'] },
  { given: ['美玲', 'さくら', '지우'], family: ['陳', '佐藤', '김'] },
  { given: ['Thị Hương', 'Priya', 'अर्जुन'], family: ['Nguyễn', 'Krishnamurthy', 'शर्मा'] },
  { given: ['Олена', 'Дмитро', 'Ελένη'], family: ['Шевченко', 'Παπαδοπούλου'] },
];

/** `opened`, the beginning of the school's history, is in milliseconds since 1970. */
export function personOf(school: string, number: number, opened: number): Person {
  const random = randomOf(school, 'person', number);
  const { given, family } = random.pick(CULTURES);
  const firstName = random.pick(given);
  const lastName = random.pick(family);
  const renamedAt = opened + random.integer(0, days(400));
  const otherName = random.pick(family);
  return {
    id: komboId(school, 'user', number),
    remoteId: String(1000 + number),
    firstName,
    lastName: random.chance(0.03) ? null : lastName,
    email: random.chance(0.05) ? null : `learner.${number}@example.com`,
    renamed: random.chance(0.05) ? { at: renamedAt, lastName: otherName } : null,
  };
}

/** The version of a course to which a progression belongs. */
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

/** Both numbers count from 0. */
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
