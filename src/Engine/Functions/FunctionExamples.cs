namespace Lockstep.Engine.Functions;

/// <summary>The setting in which the examples of the catalog give their results.</summary>
internal static class FunctionExamples
{
    /// <summary>Name of the window that the event comes from.</summary>
    public const string Input = "source";

    /// <summary>Stream time in microseconds: 2024-05-06 07:08:09 UTC, a Monday.</summary>
    public const long StreamTime = 1_714_979_289_000_000;

    /// <summary>Schema of the event.</summary>
    public const string Schema = "id*:int64,a:double,t:string";

    /// <summary>The event: a is null.</summary>
    public const string Event = "i,n,1,,blue sky";

    /// <summary>What <c>#name</c> means.</summary>
    public const string Properties = """
        <properties>
          <property-list name='colors' delimiter=','>red,green,blue</property-list>
          <property-set name='states' delimiter=','>NC,SC</property-set>
          <property-map name='prices' outer=';' inner='='>tea=2;milk=3</property-map>
          <property-xml name='xml'><![CDATA[<o><item n='1'>tea</item><item n='2'>milk</item></o>]]></property-xml>
          <property-json name='json'><![CDATA[{"city":"Cary","days":[{"max":31},{"max":29}]}]]></property-json>
        </properties>
        <expressions><expression name='digits'>([0-9]+)-([0-9]+)</expression></expressions>
        """;
}
