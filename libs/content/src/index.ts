export { compileEmail, variablesOf } from './compile-email.js';
export type { CompiledEmail, RenderedEmail, RenderingScope } from './compile-email.js';
export { ContentInvalid, RenderingFailed } from './content.errors.js';
export { compileContextSchema, inferContextSchema } from './context-schema.js';
export type { ContextCheck } from './context-schema.js';
