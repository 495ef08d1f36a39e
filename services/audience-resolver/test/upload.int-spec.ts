import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { UploadsController } from '../src/uploads/uploads.controller.js';
import { TENANT, UploadHouse, anAudience, anEmail } from './upload-set-up.js';

jest.setTimeout(60_000);

const segment = anAudience({ source: 'segment' });
const foreign = anAudience({ tenantId: 'acme/dev' });

let house: UploadHouse;

beforeAll(async () => {
  house = await UploadHouse.start([segment, foreign]);
});

afterAll(async () => {
  await house.stop();
});

describe(`${UploadsController.name}: rows`, () => {
  it('makes a member of each row, with the other columns as attributes', async () => {
    const emails = [anEmail(), anEmail(), anEmail()];
    const ids = await house.people(emails);
    const rows = [`1,${String(emails[0]).toUpperCase()},gold,`, `2, ${emails[1]} ,,`, `3,${emails[2]},"silver, ""old""\r\nand new",Malmö`];

    const upload = await house.uploaded(['number,Email,tier,city', ...rows, ''].join('\r\n'));

    expect(upload).toMatchObject({ status: 'Completed', rows: 3, members: 3, duplicates: 0, failedRows: 0, profilesCreated: 0, error: null });
    expect(await house.members(upload.evaluationId)).toEqual(new Map([
      [ids[0], { number: '1', tier: 'gold' }], [ids[1], { number: '2' }], [ids[2], { number: '3', tier: 'silver, "old"\r\nand new', city: 'Malmö' }],
    ]));
    expect(await house.evaluation(upload.evaluationId)).toEqual({ status: 'Completed', size: 3, error: null, has_members: true });
  });

  it('reads a byte order mark, semicolons, and attributes with any name', async () => {
    const email = anEmail();
    const [id] = await house.people([email]);

    const upload = await house.uploaded(`\ufeff__proto__;email;;constructor\n1;${email};2;3\n`);

    expect(JSON.stringify([...(await house.members(upload.evaluationId))])).toBe(JSON.stringify([[id, JSON.parse('{"__proto__":"1","constructor":"3"}')]]));
  });

  it('takes the column that is named, and no attributes where there is no other one', async () => {
    const email = anEmail();
    const [id] = await house.people([email]);

    const upload = await house.uploaded(`Address\n${email}\n`, { query: { column: 'address' } });

    expect(await house.members(upload.evaluationId)).toEqual(new Map([[id, null]]));
  });

  it('reads national phone numbers by the region of the sandbox', async () => {
    const [id] = await house.people(['+46701740605'], 'phone');

    const upload = await house.uploaded('name,phone\nAda,070-174 06 05\n', { query: { namespace: 'Phone' } });

    expect(await house.members(upload.evaluationId)).toEqual(new Map([[id, { name: 'Ada' }]]));
  });

  it('counts a profile that is met again as a duplicate, within a batch and across batches, and keeps its first row', async () => {
    const emails = Array.from({ length: 3_000 }, anEmail);
    const [first] = await house.people(emails);
    const rows = [...emails.map((email, place) => `${email},${place}`), `${emails[0]},again`, `${String(emails[2_999]).toUpperCase()},again`];

    const upload = await house.uploaded(`email,place\n${rows.join('\n')}`);

    const members = await house.members(upload.evaluationId);
    expect(upload).toMatchObject({ rows: 3_002, members: 3_000, duplicates: 2, failedRows: 0 });
    expect([...members.values()].filter((attributes) => JSON.stringify(attributes).includes('again'))).toEqual([]);
    expect(members.get(first ?? '')).toEqual({ place: '0' });
  });

  it('reports each bad row with its line, column and code, and takes the others', async () => {
    const emails = [anEmail(), anEmail()];
    await house.people(emails);
    const content = Buffer.concat([
      Buffer.from(`email,"name, ""full""",city\n${emails[0]},Ada,London\n,Nobody,Nowhere\n${anEmail()},"Un\nknown",X\n`),
      Buffer.concat([Buffer.from(`${anEmail()},Bj`), Buffer.from([0xf6]), Buffer.from('rn,Oslo\n')]),
      Buffer.from(`${anEmail()}\n${anEmail()},a,b,c\n${anEmail()},"a"b,c\n${anEmail()},nul\0,c\n\n${emails[1]},Grace,York,,,\n${anEmail()},"open`),
    ]);

    const upload = await house.uploaded(content);

    expect(upload).toMatchObject({ status: 'Completed', rows: 10, members: 2, failedRows: 8 });
    expect(await house.report(upload.uploadId)).toEqual([
      'line,column,code,message',
      '3,email,INVALID_IDENTITY,The identity is empty.',
      '4,email,PROFILE_UNKNOWN,No profile has this identity.',
      '6,"name, ""full""",INVALID_ENCODING,The bytes are not UTF-8.',
      '7,,MISSING_COLUMNS,"The row has 1 fields, and the header line 3."',
      '8,,EXTRA_COLUMNS,"The row has 4 fields, and the header line 3."',
      '9,,INVALID_QUOTE,A quoted field goes on after its closing quote. A quote inside one is written twice.',
      '10,"name, ""full""",INVALID_TEXT,The text contains a NUL character.',
      '13,,QUOTE_NOT_CLOSED,The file ends within a quoted field.',
    ]);
  });

  it('counts every failed row, and shows the first 100,000', async () => {
    const upload = await house.uploaded(`email,n\n${',1\n'.repeat(100_500)}`);

    expect(upload).toMatchObject({ status: 'Completed', rows: 100_500, failedRows: 100_500, members: 0 });
    expect(await house.report(upload.uploadId)).toHaveLength(100_001);
  });

  it('takes a file without rows as an audience without members', async () => {
    expect(await house.uploaded('email\n')).toMatchObject({ status: 'Completed', rows: 0, members: 0 });
  });
});

describe(`${UploadsController.name}: what is refused`, () => {
  const email = anEmail();

  it.each([
    ['a column that is not there', 'name,mail\nAda,a\n', { column: 'email' }, '/column', 'UNKNOWN_COLUMN'],
    ['a column that is there twice', 'email,a,a\n', {}, '', 'DUPLICATE_COLUMN'],
    ['people in the first line', `${email},Ada\n`, {}, '', 'MISSING_HEADER'],
    ['nothing at all', '', {}, '', 'INVALID_CSV'],
    ['UTF-16', Buffer.from('\ufeffemail\n', 'utf16le'), {}, '', 'INVALID_CSV'],
    ['a header line in another encoding', Buffer.from('email,förnamn\n', 'latin1'), {}, '', 'INVALID_CSV'],
    ['an open quote in the header line', 'email,"name\nx', {}, '', 'INVALID_CSV'],
    ['a namespace that does not exist', 'email\n', { namespace: 'nothing' }, '/namespace', 'UNKNOWN_NAMESPACE'],
  ])('refuses %s with 422, and stores nothing', async (_, content, query, path, code) => {
    const uploadId = randomUUID();

    const { status, body } = await house.upload(content, { query: { ...query, uploadId } });

    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'UNPROCESSABLE', errors: [{ path, code }] });
    expect((await house.progress(uploadId)).status).toBe(404);
  });

  it('names the columns that there are', async () => {
    const { body } = await house.upload('name;mail\nAda;a\n', { query: { column: 'email' } });

    expect(body).toMatchObject({ detail: 'There is no column "email". The file has: "name", "mail".', report: { additionalContext: { columns: 'name, mail' } } });
  });

  it('refuses audiences that are unknown, of others, or evaluated', async () => {
    const answers = [await house.upload('email\n', { audience: randomUUID() }), await house.upload('email\n', { audience: foreign.id }), await house.upload('email\n', { audience: segment.id })];

    expect(answers.map(({ status, body }) => [status, body['code']])).toEqual([[404, 'AUDIENCE_NOT_FOUND'], [404, 'AUDIENCE_NOT_FOUND'], [422, 'INVALID_AUDIENCE']]);
  });

  it('refuses other types of content, queries that make no sense, and an uploadId that was used', async () => {
    const { uploadId } = await house.uploaded('email\n');

    const answers = [
      await house.upload('{}', { type: 'application/json' }), await house.upload('{}', { type: 'application/x-ndjson' }),
      await house.upload('email\n', { query: { uploadId: 'mine' } }), await house.upload('email\n', { query: { uploadId } }),
    ];

    expect(answers.map(({ status, body }) => [status, body['code']])).toEqual([
      [415, 'UNSUPPORTED_MEDIA_TYPE'], [415, 'UNSUPPORTED_MEDIA_TYPE'], [400, 'INVALID_QUERY'], [409, 'CONFLICT'],
    ]);
  });

  it('shows an upload to its own tenant alone', async () => {
    const { uploadId } = await house.uploaded('email\n');

    expect((await house.progress(uploadId)).status).toBe(200);
    expect((await house.progress(uploadId, 'acme/dev')).status).toBe(404);
    expect((await house.progress('nothing')).status).toBe(404);
    expect((await fetch(`${house.base}/internal/audiences/${house.audience}/uploads/${uploadId}?tenantId=${encodeURIComponent(TENANT)}`)).status).toBe(401);
  });
});

describe(`${UploadsController.name}: unknown identities`, () => {
  it('makes profiles where that is asked for, one for each identity', async () => {
    const [known, unknown] = [anEmail(), anEmail()];
    const [id] = await house.people([known]);

    const upload = await house.uploaded(`email,n\n${known},1\n${unknown},2\n${unknown.toUpperCase()},3\n`, { query: { unknownProfiles: 'create' } });

    const members = await house.members(upload.evaluationId);
    expect(upload).toMatchObject({ rows: 3, members: 2, duplicates: 1, failedRows: 0, profilesCreated: 1 });
    expect([...members.values()]).toEqual(expect.arrayContaining([{ n: '1' }, { n: '2' }]));
    expect(members.has(id ?? '')).toBe(true);
  });

  it('asks again while profile-creator does not answer for a moment', async () => {
    house.refusals = 2;

    expect(await house.uploaded(`email\n${anEmail()}\n`, { query: { unknownProfiles: 'create' } })).toMatchObject({ members: 1, profilesCreated: 1 });
  });

  it('fails the upload when profile-creator stays away, and says so', async () => {
    house.refusals = 100;
    const uploadId = randomUUID();

    const { status, body } = await house.upload(`email\n${anEmail()}\n`, { query: { unknownProfiles: 'create', uploadId } });
    house.refusals = 0;

    expect([status, body['code']]).toEqual([503, 'UNAVAILABLE']);
    expect((await house.progress(uploadId)).body).toMatchObject({ status: 'Failed', error: 'profile-creator does not answer at the moment. Try again.' });
  });
});
