import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

type Labels<Name extends string> = Partial<Record<Name, string | number>>;

export interface CounterMetric<Name extends string> {
  inc(labels?: Labels<Name>, by?: number): void;
}
export interface GaugeMetric<Name extends string> {
  set(labels: Labels<Name>, value: number): void;
}
export interface HistogramMetric<Name extends string> {
  /** In the unit that the metric's name ends with. */
  observe(labels: Labels<Name>, value: number): void;
}

/**
 * Prometheus metrics of one process. Asking for a name twice gives the same metric.
 * Labels hold names from closed sets (topics, codes, states): never an address, an id or a tenant.
 */
export class Metrics {
  private readonly registry = new Registry();

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
  }

  counter<Name extends string>(name: string, help: string, labels: readonly Name[] = []): CounterMetric<Name> {
    const metric = this.find<Counter<Name>>(name) ?? new Counter<Name>({ name, help, labelNames: labels, registers: [this.registry] });
    return { inc: (values = {}, by = 1) => metric.inc(values, by) };
  }

  gauge<Name extends string>(
    name: string,
    help: string,
    labels: readonly Name[] = [],
    collect?: (metric: GaugeMetric<Name>) => void | Promise<void>,
  ): GaugeMetric<Name> {
    const existing = this.find<Gauge<Name>>(name);
    if (existing) return existing;
    return new Gauge<Name>({
      name,
      help,
      labelNames: labels,
      registers: [this.registry],
      ...(collect && {
        collect(this: Gauge<Name>) {
          return collect(this);
        },
      }),
    });
  }

  histogram<Name extends string>(name: string, help: string, labels: readonly Name[] = [], buckets?: number[]): HistogramMetric<Name> {
    return (
      this.find<Histogram<Name>>(name) ??
      new Histogram<Name>({ name, help, labelNames: labels, registers: [this.registry], ...(buckets && { buckets }) })
    );
  }

  /** The text exposition format that Prometheus scrapes. */
  expose(): Promise<string> {
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  private find<Metric>(name: string): Metric | undefined {
    return this.registry.getSingleMetric(name) as Metric | undefined;
  }
}
