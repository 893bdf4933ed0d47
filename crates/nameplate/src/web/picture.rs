//! Pictures that the server draws: bars over time, stacked by series. SVG without styles of its own, so that the page's
//! policy lets it be and both colour schemes suit it.

use askama::Template;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 170.0;
/// Room for the numbers on the left and the times below.
const LEFT: f64 = 44.0;
const BELOW: f64 = 20.0;
const ABOVE: f64 = 22.0;

/// What is drawn in one colour.
pub struct Series {
    /// What it is.
    pub label: &'static str,
    /// Its class in the stylesheet.
    pub class: &'static str,
    /// A value for each column.
    pub values: Vec<u64>,
}

#[derive(Template)]
#[template(path = "bars.html")]
struct Bars {
    title: String,
    width: f64,
    height: f64,
    bars: Vec<Bar>,
    lines: Vec<Line>,
    times: Vec<(String, String)>,
    legend: Vec<Legend>,
}

struct Bar {
    x: String,
    y: String,
    width: String,
    height: String,
    class: &'static str,
    title: String,
}

struct Line {
    y: String,
    text: String,
}

struct Legend {
    x: f64,
    class: &'static str,
    label: &'static str,
}

fn number(value: f64) -> String {
    format!("{value:.1}")
}

/// The next number that reads well, from this one on.
fn round_up(value: u64) -> u64 {
    let mut step = 1;
    loop {
        for factor in [1, 2, 5] {
            if step * factor >= value {
                return step * factor;
            }
        }
        step *= 10;
    }
}

/// Bars, a column for each name, every `each`th of which is written below.
pub fn bars(title: &str, columns: &[String], each: usize, series: &[Series]) -> String {
    let sum = |column: usize| -> u64 {
        let values = series.iter().filter_map(|one| one.values.get(column));
        values.sum()
    };
    let most = (0..columns.len()).map(sum).max().unwrap_or_default();
    let top = round_up(most.max(1));
    let (room, step) = (
        HEIGHT - ABOVE - BELOW,
        (WIDTH - LEFT) / columns.len().max(1) as f64,
    );
    let high = |value: u64| value as f64 / top as f64 * room;
    let mut bars = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let mut y = HEIGHT - BELOW;
        for one in series {
            let value = one.values.get(at).copied().unwrap_or_default();
            if value == 0 {
                continue;
            }
            let height = high(value).max(1.0);
            y -= height;
            bars.push(Bar {
                x: number(LEFT + at as f64 * step),
                y: number(y),
                width: number((step - 1.0).max(1.0)),
                height: number(height),
                class: one.class,
                title: format!("{column} {}: {value}", one.label),
            });
        }
    }
    let lines = [0, top / 2, top].map(|value| Line {
        y: number(HEIGHT - BELOW - high(value)),
        text: value.to_string(),
    });
    let written = columns.iter().enumerate().step_by(each.max(1));
    let times = written.map(|(at, name)| (number(LEFT + at as f64 * step), name.clone()));
    let legend = series.iter().enumerate().map(|(at, one)| Legend {
        x: LEFT + at as f64 * 150.0,
        class: one.class,
        label: one.label,
    });
    let drawn = Bars {
        title: title.to_owned(),
        width: WIDTH,
        height: HEIGHT,
        bars,
        lines: lines.into(),
        times: times.collect(),
        legend: legend.collect(),
    };
    drawn.render().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_read_well() {
        for (value, expected) in [
            (1, 1),
            (2, 2),
            (3, 5),
            (6, 10),
            (11, 20),
            (51, 100),
            (4999, 5000),
        ] {
            assert_eq!(round_up(value), expected);
        }
    }

    #[test]
    fn a_picture_is_text_that_is_escaped() {
        let series = [Series {
            label: "<a>",
            class: "s1",
            values: vec![0, 3],
        }];
        let drawn = bars("\"<script>", &["<x>".into(), "<y>".into()], 1, &series);
        assert!(
            !drawn.contains("<script") && !drawn.contains("<a>") && !drawn.contains("<x>"),
            "{drawn}"
        );
        assert_eq!(
            drawn.matches("<rect").count(),
            2,
            "one bar and one of the legend: {drawn}"
        );
        assert!(!drawn.contains("style="), "{drawn}");
        // Nothing at all is a picture too.
        assert!(bars("t", &[], 1, &[]).starts_with("<svg"));
    }
}
