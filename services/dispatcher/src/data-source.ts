import type { ClassList } from '@postrider/database';
import { AttemptEntity } from './ledger/attempt.entity.js';
import { CancellationEntity } from './ledger/cancellation.entity.js';
import { MessageEntity } from './ledger/message.entity.js';
import { PauseEntity } from './ledger/pause.entity.js';
import { RetryEntity } from './ledger/retry.entity.js';
import { SuppressionEntity } from './ledger/suppression.entity.js';
import { TallyEntity } from './ledger/tally.entity.js';
import { CreateLedger1767225600000 } from './migrations/1767225600000-create-ledger.js';
import { FindMessages1767225700000 } from './migrations/1767225700000-find-messages.js';
import { CountCutShort1767312000000 } from './migrations/1767312000000-count-cut-short.js';
import { ParkMessages1767398400000 } from './migrations/1767398400000-park-messages.js';
import { ShowPauses1767398500000 } from './migrations/1767398500000-show-pauses.js';

export const schema = 'delivery';
export const entities: ClassList = [MessageEntity, AttemptEntity, RetryEntity, TallyEntity, CancellationEntity, PauseEntity, SuppressionEntity];
export const migrations: ClassList = [CreateLedger1767225600000, FindMessages1767225700000, CountCutShort1767312000000, ParkMessages1767398400000, ShowPauses1767398500000];
