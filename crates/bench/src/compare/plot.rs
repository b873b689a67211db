//! Pictures of what was found: rate against connections, latency, cost against what is pending.

use super::contestant::{Who, Workload};
use super::report::{Measured, Report, Row};
use anyhow::{Result, anyhow};
use plotters::prelude::*;
use std::path::{Path, PathBuf};

const SIZE: (u32, u32) = (900, 540);

/// One a contestant, told apart by those who see colours differently, too.
const COLOURS: &[(Who, RGBColor)] = &[
    (Who::RawUring, RGBColor(0, 0, 0)),
    (Who::RawEpoll, RGBColor(110, 110, 110)),
    (Who::Blocking, RGBColor(185, 185, 185)),
    (Who::LinsockEpoll, RGBColor(0, 114, 178)),
    (Who::LinsockUring, RGBColor(213, 94, 0)),
    (Who::LinsockAuto, RGBColor(94, 60, 153)),
    (Who::Tokio, RGBColor(0, 158, 115)),
    (Who::Compio, RGBColor(204, 121, 167)),
    (Who::Monoio, RGBColor(230, 159, 0)),
    (Who::Asio, RGBColor(86, 180, 233)),
    (Who::AsioLinsockEpoll, RGBColor(0, 60, 110)),
    (Who::AsioLinsockUring, RGBColor(150, 75, 20)),
    (Who::Wine, RGBColor(136, 34, 85)),
];

/// A line: a contestant's figure at each number of connections.
type Line = (Who, Vec<(f64, f64)>);

/// What a picture shows of a cell's row.
type Figure = fn(&Row) -> Option<f64>;

/// Writes every picture that there is something to show in; answers their files.
pub fn all(report: &Report, folder: &Path) -> Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder)?;
    let mut files = Vec::new();
    let pictures: [(Workload, &str, &str, &str, Figure); 9] = [
        (Workload::Connect, "rate", "in flight", "connections a second", |row| row.rate),
        (Workload::Connect, "p50", "in flight", "p50, us", |row| row.p50_microseconds),
        (Workload::Connect, "p99", "in flight", "p99, us", |row| row.p99_microseconds),
        (Workload::Echo, "rate", "connections", "messages a second", |row| row.rate),
        (Workload::Echo, "p50", "connections", "p50, us", |row| row.p50_microseconds),
        (Workload::Echo, "p99", "connections", "p99, us", |row| row.p99_microseconds),
        (Workload::ScaleReceive, "cpu", "pending receives", "CPU, us an operation", |row| {
            row.cpu_microseconds
        }),
        (Workload::ScaleConnect, "cpu", "pending connects", "CPU, us an operation", |row| {
            row.cpu_microseconds
        }),
        (Workload::ScaleReceive, "start", "pending receives", "CPU, us to start one", |row| {
            row.start_cpu_microseconds
        }),
    ];
    for (workload, name, horizontal, vertical, figure) in pictures {
        for threads in [1, 2] {
            let cells: Vec<&Measured> = report
                .cells(workload)
                .into_iter()
                .filter(|(cell, _)| cell.threads == threads)
                .map(|(_, measured)| measured)
                .collect();
            let lines = lines(&cells, figure);
            // A single point is no line.
            if cells.len() < 2 || lines.is_empty() {
                continue;
            }
            let file = folder.join(format!("{}-{threads}-{name}.svg", workload.text()));
            let threads = if threads == 1 { "1 thread" } else { "2 threads" };
            let title = format!("{}, {threads}", workload.text());
            draw(&file, &title, horizontal, vertical, &lines)
                .map_err(|error| anyhow!("{}: {error}", file.display()))?;
            files.push(file);
        }
    }
    Ok(files)
}

fn lines(cells: &[&Measured], figure: Figure) -> Vec<Line> {
    let line = |&(who, _): &(Who, RGBColor)| {
        let points = cells
            .iter()
            .filter_map(|cell| Some((cell.many as f64, figure(cell.contestants.get(&who)?)?)));
        (who, points.collect::<Vec<_>>())
    };
    COLOURS.iter().map(line).filter(|(_, points)| !points.is_empty()).collect()
}

fn draw(
    file: &Path,
    title: &str,
    horizontal: &str,
    vertical: &str,
    lines: &[Line],
) -> Result<(), Box<dyn std::error::Error>> {
    let points = || lines.iter().flat_map(|(_, points)| points);
    let range = |at: fn(&(f64, f64)) -> f64| {
        let all = points().map(at).filter(|value| *value > 0.0);
        all.fold((f64::MAX, f64::MIN_POSITIVE), |(low, high), value| {
            (low.min(value), high.max(value))
        })
    };
    let ((left, right), (low, high)) = (range(|point| point.0), range(|point| point.1));
    let root = SVGBackend::new(file, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 20))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(80)
        .build_cartesian_2d(
            (left * 0.8..right * 1.25).log_scale(),
            (low * 0.7..high * 1.4).log_scale(),
        )?;
    let short =
        |value: &f64| if *value < 10.0 { format!("{value:.1}") } else { format!("{value:.0}") };
    chart
        .configure_mesh()
        .x_desc(horizontal)
        .y_desc(vertical)
        .x_label_formatter(&short)
        .y_label_formatter(&short)
        .light_line_style(RGBColor(240, 240, 240))
        .draw()?;
    for (who, points) in lines {
        let colour = COLOURS.iter().find(|(other, _)| other == who).map_or(BLACK, |(_, c)| *c);
        let style = colour.stroke_width(if who.is_linsock() { 3 } else { 1 });
        chart
            .draw_series(LineSeries::new(points.iter().copied(), style).point_size(3))?
            .label(who.text())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.8))
        .border_style(RGBColor(200, 200, 200))
        .draw()?;
    root.present()?;
    Ok(())
}
