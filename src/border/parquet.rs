//! Parquet for databases: columns of texts, whole numbers, and truths. No program runs what stands in it, so a text keeps its signs;
//! it is in one line, without what steers a terminal that shows it.

use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};

use crate::base::text::line;

/// The values of one column, from the first row to the last.
#[derive(Debug)]
pub enum Values {
    /// Texts; an empty one stays empty.
    Texts(Vec<String>),
    /// Whole numbers, and nothing where there is none.
    Wholes(Vec<Option<i64>>),
    /// Counts.
    Counts(Vec<i64>),
    /// Truths.
    Truths(Vec<bool>),
}

/// A file with these columns, each with its name. The same columns make the same bytes: nothing in it says when or where it was made.
pub fn file(columns: &[(&str, Values)]) -> Vec<u8> {
    written(columns).expect("the columns have one length, and a vector takes every byte")
}

fn written(columns: &[(&str, Values)]) -> Result<Vec<u8>, ParquetError> {
    let fields: Result<Vec<TypePtr>, ParquetError> = columns.iter().map(|(name, values)| field(name, values)).collect();
    let schema = Type::group_type_builder("table").with_fields(fields?).build()?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_created_by(concat!("milepost ", env!("CARGO_PKG_VERSION")).to_owned())
        .build();
    let mut bytes = Vec::new();
    let mut file = SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    for (_, values) in columns {
        let Some(mut column) = group.next_column()? else { break };
        write(values, column.untyped())?;
        column.close()?;
    }
    group.close()?;
    file.close()?;
    Ok(bytes)
}

fn field(name: &str, values: &Values) -> Result<TypePtr, ParquetError> {
    let (physical, repetition) = match values {
        Values::Texts(_) => (Physical::BYTE_ARRAY, Repetition::REQUIRED),
        Values::Wholes(_) => (Physical::INT64, Repetition::OPTIONAL),
        Values::Counts(_) => (Physical::INT64, Repetition::REQUIRED),
        Values::Truths(_) => (Physical::BOOLEAN, Repetition::REQUIRED),
    };
    let is_text = matches!(values, Values::Texts(_));
    let builder = Type::primitive_type_builder(name, physical).with_repetition(repetition);
    builder.with_logical_type(is_text.then_some(LogicalType::String)).build().map(Arc::new)
}

fn write(values: &Values, column: &mut ColumnWriter<'_>) -> Result<(), ParquetError> {
    match (values, column) {
        (Values::Texts(texts), ColumnWriter::ByteArrayColumnWriter(writer)) => {
            let texts: Vec<ByteArray> = texts.iter().map(|text| ByteArray::from(line(text).into_bytes())).collect();
            writer.write_batch(&texts, None, None)?;
        }
        (Values::Wholes(wholes), ColumnWriter::Int64ColumnWriter(writer)) => {
            let there: Vec<i16> = wholes.iter().map(|whole| i16::from(whole.is_some())).collect();
            let wholes: Vec<i64> = wholes.iter().copied().flatten().collect();
            writer.write_batch(&wholes, Some(&there), None)?;
        }
        (Values::Counts(counts), ColumnWriter::Int64ColumnWriter(writer)) => {
            writer.write_batch(counts, None, None)?;
        }
        (Values::Truths(truths), ColumnWriter::BoolColumnWriter(writer)) => {
            writer.write_batch(truths, None, None)?;
        }
        _ => return Err(ParquetError::General("a column of another type".to_owned())),
    }
    Ok(())
}
