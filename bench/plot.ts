import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Growth } from './measures/memory.ts';

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

const BLUE = '#3b6ea8';
const ORANGE = '#c9722a';

/**
 * Time and memory of a poll against the number of records, as an SVG.
 *
 * @param answerMs what each page takes: the time has this as its limit
 */
export function plotGrowth(growth: Growth[], answerMs: number): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 720, height: 400 });
  const points = (value: (one: Growth) => number) => growth.map((one) => [one.records, value(one)]);
  const axis = { nameTextStyle: { color: '#444' }, axisLabel: { color: '#444' } };
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: {
      text: 'An unchanged integration, polled by one process',
      subtext: `${answerMs} ms a page of 250, every page read twice`,
      left: 'center',
    },
    legend: { bottom: 0, itemGap: 40 },
    grid: { left: 70, right: 70, top: 70, bottom: 80 },
    xAxis: {
      ...axis,
      type: 'log',
      name: 'records',
      nameLocation: 'middle',
      nameGap: 28,
      min: growth[0]?.records,
      max: growth.at(-1)?.records,
    },
    yAxis: [
      { ...axis, type: 'log', name: 'seconds', min: 1 },
      { ...axis, type: 'value', name: 'MB', min: 0, max: 250, splitLine: { show: false } },
    ],
    series: [
      {
        type: 'line',
        name: 'time',
        color: BLUE,
        data: points(({ spent }) => spent.wallMs / 1000),
      },
      {
        type: 'line',
        name: 'limit: the pages alone',
        color: BLUE,
        lineStyle: { type: 'dashed' },
        symbol: 'none',
        data: points(({ spent }) => (spent.pages * answerMs) / 1000),
      },
      {
        type: 'line',
        name: 'peak memory',
        color: ORANGE,
        yAxisIndex: 1,
        data: points(({ spent }) => spent.peakMb),
      },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
