using Lockstep.Contracts.Projects;
using Lockstep.Contracts.Projects.Secrets;

namespace Lockstep.Contracts.Tests.Projects;

/// <summary>What is secret in a model: found by its definitions, hidden in the text as it is written, refused when hidden, advised against.</summary>
public sealed class ModelSecretsTests
{
    private const string Model = """
        <project name="p" pubsub="auto" threads="1">
          <properties>
            <property name="BROKER">tcp.example.org</property>
            <property name="PIECE">half-</property>
            <property name="PW"><![CDATA[@PIECE@whole]]></property>
            <property name="CONN">Driver=PostgreSQL;UID=me;PWD={s;1};Server=db</property>
          </properties>
          <contqueries><contquery name="q"><windows>
            <window-source name="w" insert-only="true">
              <schema-string>id*:int64,password:string</schema-string>
              <connectors>
                <connector class="mqtt" name="m"><properties>
                  <property name="type">pub</property>
                  <property name="mqtthost">@BROKER@</property>
                  <property name="mqtttopic">token=abc</property>
                  <property name="mqttmsgtype">csv</property>
                  <property name="mqttuserid">me</property>
                  <property name="MqttPassword">  a&amp;b&#x1F600;<!-- cut --><![CDATA[c<d]]>
                  </property>
                  <property name="mqttpasswordencrypted">false</property>
                  <property name="mqttsslpassword">@PW@</property>
                </properties></connector>
                <connector class="db" name="d"><properties>
                  <property name="type">pub</property>
                  <property name="connectstring">@CONN@</property>
                  <property name="selectstatement">select 1</property>
                </properties></connector>
                <connector class="url" name="u"><properties>
                  <property name="type">pub</property>
                  <property name="properties">KEY=1;API_KEY=k-1234;W=2</property>
                  <property name="config"><![CDATA[<url-connector><publishers><publisher><requests><request>
                    <url>https://joe:s&amp;cret@example.org/a?b=1&amp;access_token=t-77&amp;c=@API_KEY@</url>
                    <headers><header name="Authorization">Bearer abc</header><header name="Accept">text/csv</header></headers>
                  </request></requests><event-loops/></publisher></publishers></url-connector>]]></property>
                </properties></connector>
                <connector class="kinesis" name="k" active="false"><properties>
                  <property name="type">pub</property>
                  <property name="awssecretkey">shh</property>
                  <property name="extra">region=eu;sas_token=xyz</property>
                </properties></connector>
              </connectors>
            </window-source>
            <window-notification name="n">
              <smtp host="mail" user="me" password='it&apos;s "so"'/>
            </window-notification>
            <window-statedb-writer name="s"><statedb type="redis" hostname="r" password="@REDIS_PW@"/></window-statedb-writer>
          </windows></contquery></contqueries>
        </project>
        """;

    [Fact]
    public void Secrets_are_hidden_where_they_stand_and_all_else_stays_as_it_is_written()
    {
        var hidden = ModelSecrets.Hide(Model);
        const string M = ModelSecrets.Mask;
        var expected = Model
            .Replace("half-", M, StringComparison.Ordinal)
            .Replace("@PIECE@whole", M, StringComparison.Ordinal)
            .Replace("{s;1}", M, StringComparison.Ordinal)
            .Replace("a&amp;b&#x1F600;<!-- cut --><![CDATA[c<d]]>", M + "<!-- cut --><![CDATA[]]>", StringComparison.Ordinal)
            .Replace("k-1234", M, StringComparison.Ordinal)
            .Replace("s&amp;cret", M, StringComparison.Ordinal)
            .Replace("t-77", M, StringComparison.Ordinal)
            .Replace("Bearer abc", M, StringComparison.Ordinal)
            .Replace(">shh<", $">{M}<", StringComparison.Ordinal)
            .Replace("sas_token=xyz", $"sas_token={M}", StringComparison.Ordinal)
            .Replace("it&apos;s \"so\"", M, StringComparison.Ordinal);
        Assert.Equal(expected, hidden);
        Assert.Equal(hidden, ModelSecrets.Hide(hidden));
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Line_ends_are_those_of_the_text(string end)
    {
        var text = "\n  <?xml version=\"1.0\"?>\n<!-- x -->" + Model;
        Assert.Equal(
            ModelSecrets.Hide(text).ReplaceLineEndings(end), ModelSecrets.Hide(text.ReplaceLineEndings(end)));
        Assert.StartsWith("\n  <?xml version", ModelSecrets.Hide(text), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_secrets_is_shown_as_it_is()
    {
        var text = "\uFEFF<project name=\"p\"><contqueries/></project>";
        Assert.Same(text, ModelSecrets.Hide(text));
        Assert.Throws<FormatException>(() => ModelSecrets.Hide("<project password='x'"));
    }

    [Fact]
    public void Each_secret_in_clear_text_is_warned_of_at_its_place()
    {
        var found = ProjectXmlReader.Read(Model).Problems.Where(p => p.Code == ProblemCode.LiteralSecret).ToList();
        var lines = Model.Split('\n').ToList();
        string[] marks = ["half-", "PIECE@whole", "{s;1}", "a&amp;b", "k-1234", "name=\"config\"", ">shh<", "sas_token", "password='it"];
        Assert.Equal(marks.Select(m => lines.FindIndex(l => l.Contains(m, StringComparison.Ordinal)) + 1), found.Select(p => p.Position.Line));
        Assert.All(found, p => Assert.Equal(ProblemSeverity.Warning, p.Severity));
        Assert.Equal("LS1013", found[0].Code);
        Assert.Contains("property 'MqttPassword' holds a secret in clear text", found[3].Message, StringComparison.Ordinal);
        Assert.Contains("attribute 'password' of <smtp>", found[^1].Message, StringComparison.Ordinal);
        Assert.Equal(lines[found[^1].Position.Line - 1].IndexOf("password", StringComparison.Ordinal) + 1, found[^1].Position.Column);
    }

    [Fact]
    public void A_hidden_text_is_refused_at_the_place_of_each_mask()
    {
        var read = ProjectXmlReader.Read(ModelSecrets.Hide(Model));
        var found = read.Problems.Where(p => p.Code == ProblemCode.HiddenSecret).ToList();
        Assert.True(read.HasErrors);
        Assert.Equal(9, found.Count);
        Assert.Contains("made to be looked at", found[0].Message, StringComparison.Ordinal);
        Assert.Empty(read.Problems.Where(p => p.Code == ProblemCode.LiteralSecret));
        Assert.Empty(ProjectXmlReader.Read(Model).Problems.Where(p => p.Code == ProblemCode.HiddenSecret));
    }

    [Fact]
    public void Values_with_their_tokens_replaced_are_hidden_in_other_texts()
    {
        var tokens = new Dictionary<string, string> { ["REDIS_PW"] = "r/edis!" };
        var secrets = ProjectXmlReader.Read(Model, new ProjectReadOptions { Tokens = tokens }).Secrets;
        const string M = ModelSecrets.Mask;
        Assert.Equal($"no {M} at mail", secrets.HideIn("no half-whole at mail"));
        Assert.Equal($"auth {M}, {M}", secrets.HideIn("auth r/edis!, r%2Fedis%21"));
        Assert.Equal($"GET https://x:{M}@h/?access_token={M}&b=1", secrets.HideIn("GET https://x:y@h/?access_token=1&b=1"));
        Assert.Equal("shh is too short to be looked for", secrets.HideIn("shh is too short to be looked for"));
        Assert.Equal($"amqp://u:{M}@h, tcp://u@h", SecretValues.None.HideIn("amqp://u:p@h, tcp://u@h"));
    }

    [Theory]
    [InlineData("http://@HOST@:@PORT@/x@y", "")]
    [InlineData("http://u:@PW@@@HOST@/x", "@PW@")]
    [InlineData("https://ghp_abc@host/x", "ghp_abc")]
    [InlineData("mailto:a@b.c http://h/x@y:z@w", "")]
    [InlineData("x?token=1", "")]
    public void Passwords_of_addresses_are_secret_wherever_they_stand(string text, string secret) =>
        Assert.Equal(secret, string.Join('|', SecretText.In(text, SecretForm.Open).Select(r => text[r])));

    [Theory]
    [InlineData("sasl.username=u;sasl.password=\"a;b\";ssl.key.pem=k;retries=3", "\"a;b\"|k")]
    [InlineData("password=", "")]
    [InlineData(";;PWD = x y ; a=b", "x y")]
    public void Settings_are_secret_by_their_names(string text, string secret) =>
        Assert.Equal(secret, string.Join('|', SecretText.In(text, SecretForm.Settings).Select(r => text[r])));

    [Fact]
    public void Commands_and_headers_are_secret_by_their_names()
    {
        var command = "dfesp_x_adapter -C type=pub,password='a, b',token=@T@,x=1";
        Assert.Equal(["'a, b'", "@T@"], SecretText.In(command, SecretForm.Command).Select(r => command[r]));
        var headers = "Accept: a; Authorization: Basic eA==; X-Api-Key:k;Cookie: a=b";
        Assert.Equal(["Basic eA==", "k", "a=b"], SecretText.In(headers, SecretForm.Headers).Select(r => headers[r]));
    }

    /// <summary>A property whose name says that it is secret must be marked, so that none is forgotten.</summary>
    [Fact]
    public void No_property_of_a_password_is_left_unmarked()
    {
        var unmarked = ConnectorPropertyTable.Connectors.Values.SelectMany(p => p)
            .Where(p => p.Kind == PropertyKind.Text && p.Secret == SecretForm.Open && SecretText.IsName(p.Name));
        Assert.Empty(unmarked.Select(p => p.Name));
        Assert.Equal(
            ["db", "kafka", "mqtt", "redis", "rmq", "url", "websocket"],
            SecretTable.Properties.Select(p => p.Class).Where(c => c != "adapter").Distinct());
    }
}
