import { applyDecorators, createParamDecorator, HttpCode, RequestMapping, RequestMethod, UseGuards, UseInterceptors, type ExecutionContext } from '@nestjs/common';
import { AdminGuard, type AdmittedRequest } from './admin-guard.js';
import { AnswerInterceptor } from './answer-interceptor.js';
import type { AnyOperation } from './operation.js';
import { parseCall } from './parse-call.js';

const PREFIX = '/api/v1/';

/** Makes a method of a controller answer an operation: its route, who may call, what is checked before. */
export function Handles(operation: AnyOperation): MethodDecorator {
  return applyDecorators(
    RequestMapping({ method: RequestMethod[operation.method], path: `${PREFIX}${operation.path}` }),
    HttpCode(operation.status),
    UseGuards(AdminGuard.of(operation.scope)),
    UseInterceptors(AnswerInterceptor),
  );
}

/** The `Call` of an operation: parameters, query and body validated by its schemas. */
export const Input = createParamDecorator((operation: AnyOperation, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<AdmittedRequest>();
  return parseCall(operation, request, request.principal);
});
