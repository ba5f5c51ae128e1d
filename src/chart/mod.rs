//! Figures in, SVG text out.
