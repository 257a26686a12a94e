using Lockstep.Connectors.Databases;
using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors.Tests.Databases;

/// <summary>Connect strings of ODBC, and what is said of those that cannot be followed.</summary>
public sealed class ConnectStringTests
{
    [Theory]
    [InlineData("Driver={PostgreSQL Unicode};Server=h;Port=5433;Database=d;Uid=u;Pwd={a;b=c}", "Host=h;Port=5433;Database=d;", "Password=\"a;b=c\"")]
    [InlineData("DRIVER=/usr/lib/psqlodbcw.so; HostName = h ; DB=d;sslmode=verify-full", "Host=h;Port=5432;Database=d;", "SSL Mode=VerifyFull")]
    [InlineData("Driver=SQLite3;Database=/tmp/x.db;;", "Data Source=/tmp/x.db;", "Mode=ReadWrite")]
    public void A_string_of_odbc_becomes_one_of_its_provider(string text, string start, string part)
    {
        var made = Parse(text, []).Resolve().ForProvider(Substitutions.None);
        Assert.StartsWith(start, made, StringComparison.Ordinal);
        Assert.Contains(part, made, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is missing")]
    [InlineData("Server=h", "needs 'DSN='")]
    [InlineData("Driver={ODBC Driver 17 for SQL Server};Server=h", "supported are PostgreSQL and SQLite")]
    [InlineData("Driver=SQLite;x", "must be name=value")]
    public void What_cannot_be_followed_is_a_problem(string text, string part)
    {
        List<Problem> problems = [];
        Parse(text, problems);
        Assert.Contains(part, Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_source_that_no_file_has_is_said_with_the_files()
    {
        var failed = Assert.Throws<DatabaseException>(() => Parse("DSN=no-such-source;UID=u", []).Resolve());
        Assert.Contains("'no-such-source' is in none of", failed.Message, StringComparison.Ordinal);
        Assert.Contains("/etc/odbc.ini", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_source_stands_for_its_section_and_the_string_wins()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.At("odbc.ini"), """
            ; data sources
            [other]
            Driver = SQLite3
            [Plant]
            Driver = PostgreSQL Unicode
            Servername = db.example.com
            Port = 5555
            Database = plant
            Username = reader
            [ora]
            Driver = Oracle
            """);
        var before = Environment.GetEnvironmentVariable("ODBCINI");
        Environment.SetEnvironmentVariable("ODBCINI", folder.At("odbc.ini"));
        try
        {
            Assert.Equal(
                Parse("Driver=PostgreSQL;Server=db.example.com;Port=5432;Database=plant;UID=writer", []).ForProvider(Substitutions.None),
                Parse("DSN=plant;UID=writer;Port=5432", []).Resolve().ForProvider(Substitutions.None));
            var failed = Assert.Throws<DatabaseException>(() => Parse("DSN=ora", []).Resolve());
            Assert.Contains("has the driver 'Oracle'", failed.Message, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("ODBCINI", before);
        }
    }

    private static ConnectString Parse(string text, List<Problem> problems) =>
        ConnectString.Parse(new PropertyReader([new("connectstring", text)], "p/q/w/c", default, problems));
}
