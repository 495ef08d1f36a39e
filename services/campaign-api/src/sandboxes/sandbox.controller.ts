import { Controller } from '@nestjs/common';
import type { Page, Sandbox } from '@postrider/contracts';
import { Handles, Input } from '../edge/handles.js';
import type { Call } from '../edge/operation.js';
import { CREATE_SANDBOX, LIST_SANDBOXES } from './sandbox-operations.js';
import { SandboxService } from './sandbox.service.js';

@Controller()
export class SandboxController {
  constructor(private readonly sandboxes: SandboxService) {}

  @Handles(LIST_SANDBOXES)
  list(@Input(LIST_SANDBOXES) { principal, query }: Call<typeof LIST_SANDBOXES>): Promise<Page<Sandbox>> {
    return this.sandboxes.list(principal, query);
  }

  @Handles(CREATE_SANDBOX)
  create(@Input(CREATE_SANDBOX) { principal, body }: Call<typeof CREATE_SANDBOX>): Promise<Sandbox> {
    return this.sandboxes.create(principal, body);
  }
}
