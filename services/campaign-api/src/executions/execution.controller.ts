import { Controller } from '@nestjs/common';
import type { ExecutionInfo, Page } from '@postrider/contracts';
import { Handles, Input } from '../edge/handles.js';
import type { Call } from '../edge/operation.js';
import { GET_EXECUTION, LIST_EXECUTIONS, LIST_RECIPIENTS } from './execution-operations.js';
import { ExecutionService } from './execution.service.js';

@Controller()
export class ExecutionController {
  constructor(private readonly executions: ExecutionService) {}

  @Handles(LIST_EXECUTIONS)
  list(@Input(LIST_EXECUTIONS) { principal, query }: Call<typeof LIST_EXECUTIONS>): Promise<Page<ExecutionInfo>> {
    return this.executions.list(principal.tenantId, query);
  }

  @Handles(GET_EXECUTION)
  get(@Input(GET_EXECUTION) { principal, params }: Call<typeof GET_EXECUTION>): Promise<ExecutionInfo> {
    return this.executions.get(principal.tenantId, params.executionId);
  }

  @Handles(LIST_RECIPIENTS)
  recipients(@Input(LIST_RECIPIENTS) { principal, params, query }: Call<typeof LIST_RECIPIENTS>): Promise<unknown> {
    return this.executions.recipients(principal.tenantId, params.executionId, query);
  }
}
