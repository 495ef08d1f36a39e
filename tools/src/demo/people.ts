/** The people of the marketing demo, the same at each run, and the rule that picks some of them. */

export const PEOPLE = 10_000;

const COUNTRIES = ['SE', 'NO', 'DK', 'FI', 'DE', 'NL', 'PL', 'US'];
const FIRST_NAMES = ['Ada', 'Grace', 'Edsger', 'Barbara', 'Donald', 'Frances', 'Alan', 'Margaret', 'Niklaus', 'Radia'];
const DAY_MS = 86_400_000;
/** Of so many, one has a phone number and no e-mail address. */
const ONE_WITHOUT_EMAIL_IN = 101;

export const addressOf = (place: number): string => `person-${place}@people.test`;

function personAt(place: number, now: number): Record<string, unknown> {
  const hasEmail = place % ONE_WITHOUT_EMAIL_IN !== 0;
  return {
    identities: [hasEmail ? { namespace: 'email', value: addressOf(place) } : { namespace: 'phone', value: `+4670${1_000_000 + place}` }],
    attributes: {
      crowd: 'marketing demo',
      firstName: FIRST_NAMES[place % FIRST_NAMES.length],
      country: COUNTRIES[place % COUNTRIES.length],
      plan: place % 3 === 0 ? 'plus' : 'free',
      visits: (place * 7) % 50,
      lastVisit: new Date(now - (place % 60) * DAY_MS).toISOString(),
    },
    consents: { email: 'y' },
  };
}

/** All of them, one JSON document a line. */
export function peopleAsLines(now = Date.now()): string {
  return Array.from({ length: PEOPLE }, (_, place) => `${JSON.stringify(personAt(place, now))}\n`).join('');
}

/** In the north or next to it, a subscriber or often here, and here lately. */
export const RULES = {
  combinator: 'and',
  rules: [
    { field: 'attributes.crowd', operator: '=', value: 'marketing demo' },
    { field: 'attributes.country', operator: 'notIn', value: ['PL', 'US'] },
    { combinator: 'or', rules: [
      { field: 'attributes.plan', operator: '=', value: 'plus' },
      { field: 'attributes.visits', operator: '>=', value: 20 },
    ] },
    { field: 'attributes.lastVisit', operator: 'inLast', value: { amount: 45, unit: 'days' } },
  ],
} as const;

export const RULES_IN_WORDS = 'not in PL or US, and (plan is plus or visits ≥ 20), and last visit within 45 days';
