using System.Buffers;
using System.Text;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Tests.Events;

/// <summary>Goal: csv as the modelling language has it, both ways. Method: lines in, values out, and back.</summary>
public sealed class CsvTests
{
    private static readonly Schema Numbers = Parse("id*:int64,bin:int32,power:double,note:string");

    [Fact]
    public void A_written_line_has_a_blank_after_the_flags()
    {
        var block = new EventBlock(Parse("time*:int64,bin*:int64,power:double,phase:double"));
        block.AppendObjects(Opcode.Insert, EventFlags.None, 63, 0, 1.788529, 3.14159265);
        block.AppendObjects(Opcode.UpdateBlock, EventFlags.Retention, 63, 1, 8.331629e-7, null);
        Assert.Equal("I,N, 63,0,1.788529,3.141593\nUB,R, 63,1,8.33163e-07,\n", Write(block, new CsvFormat()));
    }

    [Theory]
    [InlineData("i,n,1,2,3.5,text")]
    [InlineData("I,N, 1 , 2,3.5 ,  text \r\n")]
    [InlineData("\uFEFFi,n,1,2,3.5,text")]
    [InlineData("i,n,1,2,3.5,\"text\",more,columns")]
    public void Lines_read_in_every_spelling(string line)
    {
        var block = ReadOk(Numbers, line);
        Assert.Equal([1L, 2L, 3.5, "text"], Values(block));
        Assert.Equal(Opcode.Insert, block.Opcodes[0]);
    }

    [Fact]
    public void Empty_and_missing_columns_are_null()
    {
        Assert.Equal([10L, null, null, null], Values(ReadOk(Numbers, "d,n,10,,,")));
        Assert.Equal([10L, null, null, null], Values(ReadOk(Numbers, "d,n,10")));
        Assert.Equal([10L, null, null, ""], Values(ReadOk(Numbers, "d,n,10,,,\"\"")));
    }

    [Fact]
    public void Quotes_and_backslashes_keep_commas()
    {
        Assert.Equal("light snow,mist", Values(ReadOk(Numbers, "i,n,1,,,\"light snow,mist\""))[3]);
        Assert.Equal("a \"b\" c", Values(ReadOk(Numbers, "i,n,1,,,\"a \"\"b\"\" c\""))[3]);
        Assert.Equal("a,b", Values(ReadOk(Numbers, "i,n,1,,,a\\,b"))[3]);
    }

    [Theory]
    [InlineData("i,n,1,2,3.5,plain")]
    [InlineData("i,n,1,2,3.5,\"with,comma\"")]
    [InlineData("i,n,1,2,3.5,\"with \"\"quotes\"\"\"")]
    [InlineData("i,n,1,2,3.5,\" blanks \"")]
    public void What_was_written_reads_back(string line)
    {
        var block = ReadOk(Numbers, line);
        var written = Write(block, new CsvFormat());
        Assert.Equal(Values(block), Values(ReadOk(Numbers, written)));
    }

    [Theory]
    [InlineData("x,n,1", 1, "'x' is not an opcode")]
    [InlineData("ub,n,1", 1, "'ub' is not an opcode")]
    [InlineData("q,n,1", 1, "'q' is not an opcode")]
    [InlineData("i,z,1", 2, "'z' is not a flag")]
    [InlineData("i,n,one", 3, "Field 'id': 'one' is not of type int64")]
    [InlineData("i,n,1,3000000000", 4, "Field 'bin'")]
    [InlineData("i,n,1,2,3.5x", 5, "Field 'power'")]
    [InlineData("i,n,1,2,3,\"open", 6, "A quote is not closed")]
    public void An_error_names_the_column_and_changes_nothing(string line, int column, string message)
    {
        var block = ReadOk(Numbers, "i,n,1,2,3,x");
        var result = new CsvEventReader(Numbers, new CsvFormat()).Read(line, block);
        Assert.Equal(CsvLineKind.Error, result.Kind);
        Assert.Equal(column, result.Column);
        Assert.StartsWith(message, result.Message, StringComparison.Ordinal);
        block.Validate();
        Assert.Equal(1, block.Count);
        Assert.Equal([1L, 2L, 3.0, "x"], Values(block));
    }

    [Fact]
    public void Blank_lines_are_told_apart() =>
        Assert.Equal(CsvLineKind.Blank, new CsvEventReader(Numbers, new CsvFormat()).Read(" \r\n", new EventBlock(Numbers)).Kind);

    [Fact]
    public void Opcode_flags_and_key_may_be_left_to_the_properties()
    {
        var problems = new List<string>();
        var format = CsvFormat.ForPublisher(new Dictionary<string, string>
        {
            ["addcsvopcode"] = "true",
            ["addcsvflags"] = "normal",
            ["publishwithupsert"] = "true",
            ["noautogenfield"] = "true",
            ["header"] = "2",
            ["csvfielddelimiter"] = "|",
        }, problems);
        Assert.Empty(problems);
        Assert.Equal(2, format.HeaderLines);
        var block = new EventBlock(Numbers);
        Assert.Equal(CsvLineKind.Event, new CsvEventReader(Numbers, format, autogenKey: true).Read("5|1.5|a,b", block).Kind);
        Assert.Equal(Opcode.Upsert, block.Opcodes[0]);
        Assert.Equal([null, 5L, 1.5, "a,b"], Values(block));
    }

    [Theory]
    [InlineData("5,2,1.5,n", 5L, 2L, "n")]
    [InlineData("n,5,2,1.5,x", 5L, 2L, "x")]
    [InlineData("p,5,2,1.5,x", 5L, 2L, "x")]
    public void Lines_without_opcode_may_have_no_flags_either(string line, long id, long bin, string note)
    {
        var block = new EventBlock(Numbers);
        var reader = new CsvEventReader(Numbers, new CsvFormat { AddOpcode = true });
        Assert.Equal(new CsvLineResult(CsvLineKind.Event), reader.Read(line, block));
        Assert.Equal([id, bin, 1.5, note], Values(block));
        Assert.Equal(line[0] == 'p' ? EventFlags.PartialUpdate : EventFlags.None, block.Flags[0]);
    }

    [Theory]
    [InlineData("3.0", 3L)]
    [InlineData("-1e3", -1000L)]
    [InlineData("9007199254740993", 9007199254740993L)]
    [InlineData("3.5", null)]
    [InlineData("1e300", null)]
    [InlineData("3.0x", null)]
    public void Whole_numbers_may_have_a_point(string text, long? expected)
    {
        var block = new EventBlock(Parse("id*:int64"));
        var read = new CsvEventReader(Parse("id*:int64"), new CsvFormat()).Read($"i,n,{text}", block);
        Assert.Equal(expected is null ? CsvLineKind.Error : CsvLineKind.Event, read.Kind);
        Assert.Equal(expected, expected is null ? null : Values(block)[0]);
    }

    [Fact]
    public void A_made_key_has_a_column_that_is_ignored_unless_told_otherwise()
    {
        var block = new EventBlock(Numbers);
        Assert.Equal(CsvLineKind.Event, new CsvEventReader(Numbers, new CsvFormat(), autogenKey: true).Read("i,n,what,5,1.5,a", block).Kind);
        Assert.Equal([null, 5L, 1.5, "a"], Values(block));
    }

    [Fact]
    public void Wrong_properties_are_all_reported()
    {
        var problems = new List<string>();
        CsvFormat.ForPublisher(new Dictionary<string, string>
        {
            ["addcsvopcode"] = "maybe",
            ["addcsvflags"] = "x",
            ["header"] = "full",
            ["csvfielddelimiter"] = "ab",
            ["dateformat"] = "%Q",
        }, problems);
        Assert.Equal(5, problems.Count);
    }

    [Theory]
    [InlineData("%Y-%m-%d %H:%M:%S", "2010-09-07 16:09:01.123", "2010-09-07 16:09:01.123000")]
    [InlineData("'%Y-%m-%d %H:%M:%S", "2010-09-07 16:09:01", "2010-09-07 16:09:01.000000")]
    [InlineData("%d/%b/%Y:%H:%M:%S", "08/Jul/2019:08:10:01.000345", "08/Jul/2019:08:10:01.000345")]
    [InlineData("%m/%d/%Y %H:%M", "12/31/1969 23:59", "12/31/1969 23:59.000000")]
    [InlineData("%d%b%y:%k:%M:%S", "05Mar21: 7:05:09", "05Mar21: 7:05:09.000000")]
    [InlineData("%Y-%m-%d %H:%M:%S", "2020-01-01 12:08:10:00", "2020-01-01 12:08:10.000000")]
    [InlineData("%Y-%m-%dT%H:%M:%S%z", "2020-03-01T00:30:00.25+01:00", "2020-02-29T23:30:00+0000.250000")]
    [InlineData("%Y-%m-%dT%H:%M:%S%z", "2020-01-01T10:00:00Z", "2020-01-01T10:00:00+0000.000000")]
    [InlineData("%d/%b/%Y:%H:%M:%S %z", "08/Jul/2019:08:10:01 -0730", "08/Jul/2019:15:40:01 +0000.000000")]
    [InlineData("%I:%M %p %d %B %Y", "12:30 AM 1 March 2000", "12:30 AM 01 March 2000.000000")]
    [InlineData("%Y-%m-%dT%H:%M:%S.%fZ", "2024-10-17T08:40:25.5Z", "2024-10-17T08:40:25.500000Z")]
    [InlineData("%x %X", "10/17/24 08:40:25", "10/17/24 08:40:25.000000")]
    [InlineData("%c", "Thu Oct 17 08:40:25 2024", "Thu Oct 17 08:40:25 2024.000000")]
    public void Stamps_follow_their_format(string format, string text, string written)
    {
        var schema = Parse("id*:int64,time:stamp");
        var csv = new CsvFormat { DateFormat = Date(format) };
        var block = new EventBlock(schema);
        Assert.Equal(CsvLineKind.Event, new CsvEventReader(schema, csv).Read($"i,n,1,{text}", block).Kind);
        Assert.Equal($"I,N, 1,{written}\n", Write(block, csv));
    }

    [Theory]
    [InlineData("2021-02-29 00:00:00")]
    [InlineData("2021-13-01 00:00:00")]
    [InlineData("1626")]
    [InlineData("")]
    public void Days_that_do_not_exist_are_errors(string text) =>
        Assert.False(Date("%Y-%m-%d %H:%M:%S").TryRead(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Times_without_format_are_numbers()
    {
        var schema = Parse("id*:int64,day:date,time:stamp");
        Assert.Equal([1L, 1280928602L, 1729154425000000L], Values(ReadOk(schema, "i,n,1,1280928602,1729154425000000")));
        var csv = new CsvFormat { DateFormat = Date("%Y-%m-%d") };
        var block = new EventBlock(schema);
        new CsvEventReader(schema, csv).Read("i,n,1,1969-12-31,1970-01-02", block);
        Assert.Equal([1L, -86400L, 86_400_000_000L], Values(block));
        Assert.Equal("I,N, 1,1969-12-31,1970-01-02.000000\n", Write(block, csv));
    }

    [Theory]
    [InlineData(0, "0.000000")]
    [InlineData(0.000002, "0.000002")]
    [InlineData(8.33163e-07, "8.33163e-07")]
    [InlineData(-9.87654321e-10, "-9.87654e-10")]
    [InlineData(1e-300, "1e-300")]
    [InlineData(0.0078125, "0.007812")]
    [InlineData(0.0234375, "0.023438")]
    [InlineData(-31.7651, "-31.765100")]
    [InlineData(999999.9999999, "1000000.000000")]
    [InlineData(0.1 + 0.2, "0.300000")]
    [InlineData(123456789012.5, "123456789012.500000")]
    [InlineData(double.NaN, "nan")]
    [InlineData(double.NegativeInfinity, "-inf")]
    public void Doubles_look_as_the_c_library_prints_them(double value, string expected)
    {
        var block = new EventBlock(Parse("id*:double"));
        block.AppendObjects(Opcode.Insert, EventFlags.None, value);
        Assert.Equal($"I,N, {expected}\n", Write(block, new CsvFormat()));
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("-1.5", -1.5)]
    [InlineData("1e-3", 0.001)]
    [InlineData(".5", 0.5)]
    [InlineData("0.999998821150386", 0.999998821150386)]
    [InlineData("123456789.123456789", 123456789.123456789)]
    [InlineData("-7.54628714696", -7.54628714696)]
    [InlineData("nan", double.NaN)]
    public void Doubles_read_exactly(string text, double expected)
    {
        Assert.True(CsvValues.TryDouble(Encoding.UTF8.GetBytes(text), out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1.2.3")]
    [InlineData("1e")]
    [InlineData("0x10")]
    public void What_is_no_double_is_refused(string text) => Assert.False(CsvValues.TryDouble(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Arrays_money_and_blobs_survive()
    {
        const string schema = "id*:int64,a:array(dbl),b:array(i32),c:money,d:blob";
        var block = ReadOk(Parse(schema), "i,n,1,[9;19;;5],[],100.23,AQID");
        Assert.Equal("I,N, 1,[9;19;;5],[],100.23,AQID\n", Write(block, new CsvFormat()));
    }

    [Fact]
    public void The_header_line_is_written_in_both_forms()
    {
        Assert.Equal("id,bin,power,note", new CsvEventWriter(Numbers, new CsvFormat { Header = CsvHeader.Fields }).Header);
        Assert.Equal("opcode,flags,id,bin,power,note", new CsvEventWriter(Numbers, new CsvFormat { Header = CsvHeader.Full }).Header);
    }

    private static DateFormat Date(string text) =>
        DateFormat.TryParse(text, out var format, out var problem) ? format! : throw new ArgumentException(problem);

    private static Schema Parse(string text) =>
        SchemaText.TryParse(text, out var schema, out var problem) ? schema! : throw new ArgumentException(problem);

    private static EventBlock ReadOk(Schema schema, string line)
    {
        var block = new EventBlock(schema);
        var result = new CsvEventReader(schema, new CsvFormat()).Read(line, block);
        Assert.Equal(new CsvLineResult(CsvLineKind.Event), result);
        block.Validate();
        return block;
    }

    private static object?[] Values(EventBlock block)
    {
        var values = new object?[block.Columns.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = block.Columns[i].GetObject(block.Count - 1);
        }

        return values;
    }

    private static string Write(EventBlock block, CsvFormat format)
    {
        var output = new ArrayBufferWriter<byte>();
        new CsvEventWriter(block.Schema, format).Write(block, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
