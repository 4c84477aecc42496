/** The parts of ECharts that the workbench draws with, and no others: each costs loading time. */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, GridComponent, LineChart, SVGRenderer]);

export { init };
