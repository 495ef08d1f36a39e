/** One line chart as a self-contained SVG: no script, no font to fetch. */
export interface Series {
  name: string;
  points: readonly (readonly [x: number, y: number])[];
}

const WIDTH = 720;
const HEIGHT = 300;
const MARGIN = { left: 64, right: 120, top: 36, bottom: 40 };
const COLOURS = ['#1f6feb', '#d1242f', '#1a7f37', '#9a6700', '#8250df'];
const TICKS = 5;

function rangeOf(values: readonly number[]): [number, number] {
  const top = Math.max(...values, 1e-9);
  return [Math.min(0, ...values), top * 1.05];
}

export function lineChart(title: string, xLabel: string, yLabel: string, series: readonly Series[]): string {
  const all = series.flatMap((one) => one.points);
  const [x0, x1] = [Math.min(...all.map(([x]) => x), 0), Math.max(...all.map(([x]) => x), 1)];
  const [y0, y1] = rangeOf(all.map(([, y]) => y));
  const left = MARGIN.left;
  const bottom = HEIGHT - MARGIN.bottom;
  const sx = (x: number): number => left + ((x - x0) / (x1 - x0 || 1)) * (WIDTH - left - MARGIN.right);
  const sy = (y: number): number => bottom - ((y - y0) / (y1 - y0 || 1)) * (bottom - MARGIN.top);
  const ticks = Array.from({ length: TICKS + 1 }, (_, i) => y0 + ((y1 - y0) * i) / TICKS);
  const grid = ticks
    .map((y) => `<line x1="${left}" x2="${WIDTH - MARGIN.right}" y1="${sy(y).toFixed(1)}" y2="${sy(y).toFixed(1)}" stroke="#ddd"/><text x="${left - 6}" y="${(sy(y) + 4).toFixed(1)}" text-anchor="end">${shorten(y)}</text>`)
    .join('');
  const lines = series
    .map((one, i) => {
      const colour = COLOURS[i % COLOURS.length];
      const path = one.points.map(([x, y]) => `${sx(x).toFixed(1)},${sy(y).toFixed(1)}`).join(' ');
      const label = `<text x="${WIDTH - MARGIN.right + 8}" y="${MARGIN.top + 14 * i}" fill="${colour}">${one.name}</text>`;
      return `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${path}"/>${label}`;
    })
    .join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/><text x="${left}" y="20" font-size="14">${title}</text>${grid}<text x="${left}" y="${HEIGHT - 10}">${xLabel} (${shorten(x0)}–${shorten(x1)})</text><text x="8" y="32">${yLabel}</text>${lines}</svg>\n`;
}

function shorten(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3).replace(/\.?0+$/, '');
}
