import { EventPattern } from '@nestjs/microservices';
import type { MessageContract, PayloadOf } from '@postrider/contracts';
import type { Batch } from './batch.js';

/** How a handler call ended; errors are carried as values, since Nest's own filters would flatten them. */
export type HandlerOutcome = { ok: true } | { ok: false; error: unknown };

type Handle<Contract extends MessageContract> = (batch: Batch<PayloadOf<Contract>>) => Promise<void>;

/** What the transport finds on a registered handler. */
export interface ConsumesExtras {
  contract: MessageContract;
}

/**
 * Marks the method of a `@Controller()` that handles a contract's messages, of all its lanes. One handler for each
 * contract in a process.
 */
export function Consumes<Contract extends MessageContract>(contract: Contract) {
  return (target: object, name: string | symbol, descriptor: TypedPropertyDescriptor<Handle<Contract>>): void => {
    const handle = descriptor.value;
    if (!handle) throw new Error(`@Consumes(${contract.topic}) belongs on a method.`);
    const wrapped = async function consume(this: unknown, batch: Batch<PayloadOf<Contract>>): Promise<HandlerOutcome> {
      try {
        await handle.call(this, batch);
        return { ok: true };
      } catch (error) {
        return { ok: false, error };
      }
    };
    descriptor.value = wrapped as unknown as Handle<Contract>;
    const extras: ConsumesExtras = { contract };
    const mark = EventPattern(contract.topic, extras) as MethodDecorator;
    mark(target, name, descriptor);
  };
}
