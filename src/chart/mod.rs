//! Draws charts as SVG text: each is a pure function from plain data to a small picture that the style sheet paints.
//!
//! Values are positions on the scale and nothing else; every number that is printed arrives as text. What is not known is
//! `None` and is drawn as a break, never as zero. Shape and line pattern say the same as colour. Legends and the table
//! with the numbers belong to the page; [`series_key`] and [`state_key`] draw the swatches. `charts.css` in the theme
//! holds all colours, patterns and sizes of type.

mod axes;
mod bars;
mod bridge;
mod canvas;
mod distribution;
mod dots;
mod label;
mod pen;
mod radar;
mod series;
mod sheet;
mod spark;
mod trend;

pub use axes::Axis;
pub use bars::{Bar, Bars, bar_key, bars};
pub use bridge::{Bridge, BridgeStep, End, Way, bridge, post_key, step_key};
pub use distribution::{AnswerState, Distribution, Stack, StackPart, distribution, state_key};
pub use dots::dots;
pub use radar::{Radar, RadarSeries, radar};
pub use series::{Series, series_key};
pub use sheet::{Badge, Sheet, badge, sheet};
pub use spark::{Spark, Tile, spark, spark_hidden, tile};
pub use trend::{Line, Trend, trend};

/// What a chart is called by assistive technology.
#[derive(Clone, Copy, Debug)]
pub struct Caption<'a> {
    /// Goes before every id in the SVG: unique on its page.
    pub id: &'a str,
    /// The name of the chart.
    pub title: &'a str,
    /// What the chart shows, in words; may be empty.
    pub description: &'a str,
}

/// The fixed range of a chart, the same from quarter to quarter.
#[derive(Clone, Debug)]
pub struct AxisScale {
    /// The value at the centre or the left edge.
    pub bottom: f64,
    /// The value at the rim or the right edge.
    pub top: f64,
    /// Where grid lines are drawn, upwards.
    pub ticks: Vec<Tick>,
}

/// One grid line.
#[derive(Clone, Debug)]
pub struct Tick {
    /// Its value.
    pub at: f64,
    /// The text beside it.
    pub label: String,
}

impl AxisScale {
    /// How far up the scale a value stands, from 0 to 1; nothing for what is not a number or has no scale to stand on.
    fn fraction(&self, value: Option<f64>) -> Option<f64> {
        let value = value.filter(|value| value.is_finite())?;
        let span = self.top - self.bottom;
        (span.is_finite() && span > 0.0).then(|| ((value - self.bottom) / span).clamp(0.0, 1.0))
    }

    /// The ticks that have a place, with it.
    fn marks(&self) -> impl Iterator<Item = (f64, &str)> {
        self.ticks.iter().filter_map(|tick| Some((self.fraction(Some(tick.at))?, tick.label.as_str())))
    }
}

#[cfg(test)]
mod tests;
