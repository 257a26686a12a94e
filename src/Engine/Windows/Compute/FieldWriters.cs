using System.Globalization;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Expressions.Columns;

namespace Lockstep.Engine.Windows.Compute;

/// <summary>Makes the writer of a field from its expression.</summary>
internal static class FieldWriters
{
    private const double SecondsPerDay = 86_400;
    private const double MicrosecondsPerDay = 86_400_000_000;

    /// <summary>
    /// Compiles an expression for a field; a bare name of a field of the same type is passed on as it is.
    /// </summary>
    /// <exception cref="ExpressionException">It does not compile, or its type does not fit the field.</exception>
    public static FieldWriter Create(ExpressionCompiler compiler, Schema input, Field field, ExpressionText text)
    {
        if (compiler.FieldIndex(text.Text) is >= 0 and var source && input.Fields[source].Type == field.Type)
        {
            return new CopiedField(source);
        }

        return field.Type switch
        {
            FieldType.Int64 => Whole(compiler, text),
            FieldType.Int32 => Int32(compiler, text),
            FieldType.Double => Real(compiler, text),
            FieldType.Date => Days(compiler, text, SecondsPerDay),
            FieldType.Stamp => Days(compiler, text, MicrosecondsPerDay),
            FieldType.Money => Money(compiler, text),
            FieldType.String => Text(compiler, text),
            _ => throw new ExpressionException("LS2103", text.Position,
                $"Field '{field.Name}' of type {FieldTypeNames.NameOf(field.Type)} can only be passed on: "
                + "write the name of an input field of the same type."),
        };
    }

    /// <summary>The amount of a real number: its shortest decimal text, so that 1.1 becomes exactly 1.1.</summary>
    public static decimal? ToMoney(double? value) =>
        value is { } v && decimal.TryParse(
            v.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var amount)
            ? amount
            : null;

    /// <summary>A whole number as a field, or an item of it, holds it; null beyond.</summary>
    public static long? ToWhole(long? value, FieldType type) =>
        value is { } whole && (type is not (FieldType.Int32 or FieldType.ArrayInt32) || whole == (int)whole) ? whole : null;

    private static ComputedField<long> Whole(ExpressionCompiler compiler, ExpressionText text)
    {
        var compiled = compiler.Compile(text, ExprType.Integer);
        return new ComputedField<long>(compiled.As<long?>(), compiled.IsPure, compiled.Wholes, compiler.Chunk);
    }

    private static ComputedField<long> Int32(ExpressionCompiler compiler, ExpressionText text)
    {
        var compiled = compiler.Compile(text, ExprType.Integer);
        var evaluate = compiled.As<long?>();
        return new ComputedField<long>(
            f => ToWhole(evaluate(f), FieldType.Int32),
            compiled.IsPure,
            compiled.Wholes is { } wholes ? new Int32Column(wholes) : null,
            compiler.Chunk);
    }

    private static ComputedField<double> Real(ExpressionCompiler compiler, ExpressionText text)
    {
        var compiled = compiler.Compile(text, ExprType.Real);
        return new ComputedField<double>(compiled.As<double?>(), compiled.IsPure, compiled.Reals, compiler.Chunk);
    }

    private static ComputedField<long> Days(ExpressionCompiler compiler, ExpressionText text, double unitsPerDay)
    {
        var compiled = compiler.Compile(text, ExprType.Date);
        var evaluate = compiled.As<double?>();
        return new ComputedField<long>(
            f => Coercion.ToInteger(evaluate(f) is { } days ? Math.Round(days * unitsPerDay) : (double?)null),
            compiled.IsPure, columns: null, compiler.Chunk);
    }

    private static ComputedField<decimal> Money(ExpressionCompiler compiler, ExpressionText text)
    {
        var compiled = compiler.Compile(text, ExprType.Real);
        var evaluate = compiled.As<double?>();
        return new ComputedField<decimal>(f => ToMoney(evaluate(f)), compiled.IsPure, columns: null, compiler.Chunk);
    }

    private static ComputedText Text(ExpressionCompiler compiler, ExpressionText text)
    {
        var compiled = compiler.Compile(text, ExprType.Text);
        return new ComputedText(compiled.As<string?>(), compiled.IsPure);
    }
}
