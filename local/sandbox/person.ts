import { days } from './durations.ts';
import { komboId } from './kombo-id.ts';
import { type Choices, randomOf } from './random.ts';

/** A learner as the learning platform knows them. */
export type Person = {
  id: string;
  remoteId: string;
  firstName: string;
  lastName: string | null;
  email: string | null;
  /** A later family name: Kombo shows it without the progression counting as changed. */
  renamed: { at: number; lastName: string } | null;
};

/** A name as it is written, and in the letters of an e-mail address. */
type Name = readonly [written: string, latin: string];

const CULTURES: Choices<{ given: Choices<Name>; family: Choices<Name> }> = [
  {
    given: [
      ['Amelia', 'amelia'],
      ['Grace', 'grace'],
      ['Owen', 'owen'],
      ['Siobhán', 'siobhan'],
    ],
    family: [
      ['Clarke', 'clarke'],
      ["O'Brien", 'obrien'],
      ['Whitfield', 'whitfield'],
    ],
  },
  {
    given: [
      ['Jürgen', 'juergen'],
      ['Zoë', 'zoe'],
      ['Łukasz', 'lukasz'],
      ['Åsa', 'asa'],
    ],
    family: [
      ['Müller', 'mueller'],
      ['Nowak-Wiśniewska', 'nowak-wisniewska'],
      ['Sørensen', 'soerensen'],
    ],
  },
  {
    given: [
      ['João', 'joao'],
      ['Inés', 'ines'],
      ['Thiago', 'thiago'],
    ],
    family: [
      ['da Conceição', 'daconceicao'],
      ['García Márquez', 'garciamarquez'],
      ['Núñez', 'nunez'],
    ],
  },
  {
    given: [
      ['Amara', 'amara'],
      ['Chidi', 'chidi'],
      ['Thandiwe', 'thandiwe'],
    ],
    family: [
      ['Okafor', 'okafor'],
      ['Mbeki', 'mbeki'],
      ['Adébáyọ̀', 'adebayo'],
    ],
  },
  {
    given: [
      ['ليلى', 'layla'],
      ['محمد', 'mohammed'],
      ['נועה', 'noa'],
    ],
    family: [
      ['الحداد', 'alhaddad'],
      ['منصور', 'mansour'],
    ],
  },
  {
    given: [
      ['美玲', 'meiling'],
      ['さくら', 'sakura'],
      ['지우', 'jiwoo'],
    ],
    family: [
      ['陳', 'chen'],
      ['佐藤', 'sato'],
      ['김', 'kim'],
    ],
  },
  {
    given: [
      ['Thị Hương', 'huong'],
      ['Priya', 'priya'],
      ['अर्जुन', 'arjun'],
    ],
    family: [
      ['Nguyễn', 'nguyen'],
      ['Krishnamurthy', 'krishnamurthy'],
      ['शर्मा', 'sharma'],
    ],
  },
  {
    given: [
      ['Олена', 'olena'],
      ['Дмитро', 'dmytro'],
      ['Ελένη', 'eleni'],
    ],
    family: [
      ['Шевченко', 'shevchenko'],
      ['Παπαδοπούλου', 'papadopoulou'],
    ],
  },
];

/** Learner `number` of a school, whose history began at `opened` (milliseconds since 1970). */
export function personOf(school: string, number: number, opened: number): Person {
  const random = randomOf(school, 'person', number);
  const { given, family } = random.pick(CULTURES);
  const [firstName, firstLatin] = random.pick(given);
  const [lastName, lastLatin] = random.pick(family);
  const renamedAt = opened + random.integer(0, days(400));
  const [otherName] = random.pick(family);
  return {
    id: komboId(school, 'user', number),
    remoteId: String(1000 + number),
    firstName,
    lastName: random.chance(0.03) ? null : lastName,
    email: random.chance(0.05) ? null : `${firstLatin}.${lastLatin}.${number}@example.com`,
    renamed: random.chance(0.05) ? { at: renamedAt, lastName: otherName } : null,
  };
}
