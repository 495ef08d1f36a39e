import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Why one row of an upload has no member; the first 100,000 of an upload are kept. */
@Entity({ name: 'upload_errors', schema: 'audiences' })
export class UploadErrorEntity {
  @PrimaryColumn({ name: 'upload_id', type: 'uuid' })
  uploadId!: string;

  /** Where the row begins, from 1. */
  @PrimaryColumn({ name: 'line', type: 'bigint' })
  line!: string;

  /** Empty where the whole row is meant. */
  @Column({ name: 'column_name', type: 'text' })
  columnName!: string;

  @Column({ name: 'code', type: 'text' })
  code!: string;

  @Column({ name: 'message', type: 'text' })
  message!: string;
}
