import { Controller, Get, Header, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OPERATIONS } from '../operations.js';
import { documentationPage } from './documentation-page.js';
import { openApiDocument } from './openapi-document.js';

/** Says what can be called; needs no credentials, and holds nothing of anybody. */
@Controller('api/docs')
export class DocumentationController {
  private document: Record<string, unknown> | undefined;

  /** A page for browsers, the document for everybody else. */
  @Get()
  show(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): unknown {
    if (!request.headers.accept?.includes('text/html')) return this.openApi();
    void reply.header('content-type', 'text/html; charset=utf-8').header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
    return documentationPage(OPERATIONS);
  }

  @Get('openapi.json')
  @Header('cache-control', 'no-cache')
  openApi(): unknown {
    this.document ??= openApiDocument(OPERATIONS);
    return this.document;
  }
}
