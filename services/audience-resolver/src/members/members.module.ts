import { Module } from '@nestjs/common';
import { MemberService } from './member.service.js';
import { MembersController } from './members.controller.js';

/** Who is in an audience, and what it was evaluated to. Needs the database and internal API modules. */
@Module({ controllers: [MembersController], providers: [MemberService] })
export class MembersModule {}
