namespace Lockstep.Contracts.Tests.Projects;

/// <summary>Small models.</summary>
internal static class Small
{
    /// <summary>Every kind that is run, each with all it can have.</summary>
    public const string Everything = """
        <project name="p" threads="2" pubsub="auto" heartbeat-interval="1" use-tagged-token="true">
          <description>d</description>
          <properties><property name="LIMIT">5</property></properties>
          <lua-modules><lua-module name="tools"><code>function twice(x) return 2 * x end</code></lua-module>
            <lua-module name="more"><code file="more.lua"/></lua-module></lua-modules>
          <mcp><tools><tool name="ask" type="query"><description>Rows of s</description><query window="cq/s" limit="5"/></tool></tools></mcp>
          <lua-snippets><lua-snippet name="beside" init="a" destroy="z"><lua-thread func="b" interval="1500"/><lua-thread func="c"/>
            <code>function a() end</code></lua-snippet></lua-snippets>
          <python-snippets><python-snippet name="py"><python-thread func="d" interval="2 minutes"/><code>def d(): pass</code></python-snippet></python-snippets>
          <mas-modules><mas-module module="mm" language="python"><code>def f(x): return x</code></mas-module></mas-modules>
          <contqueries><contquery name="cq" trace="s">
            <windows>
              <window-source name="s" index="pi_EMPTY" insert-only="true" autogen-key="true">
                <splitter-expr><expr-initialize><udfs><udf name="u" type="int32">return 1</udf></udfs></expr-initialize>
                  <expression>u()</expression></splitter-expr>
                <schema-string>id*:int64,x:double</schema-string>
                <connectors><connector class="kafka" name="in"><properties>
                  <property name="type">pub</property><property name="kafkahostport">host:9092</property>
                  <property name="kafkatopic">t</property><property name="kafkatype">binary</property><property name="urlhostport">h_1</property>
                </properties></connector></connectors>
              </window-source>
              <window-copy name="c"><retention type="bycount_sliding">@LIMIT@</retention></window-copy>
              <window-copy name="t"><retention type="bytime_jumping">90 seconds</retention></window-copy>
              <window-filter name="f"><expression><![CDATA[x > 1 and x < 9]]></expression></window-filter>
              <window-compute name="k">
                <expr-initialize><initializer type="int32">integer n</initializer></expr-initialize>
                <schema-string>id*:int64,y:double</schema-string><output><field-expr>x*2</field-expr></output>
              </window-compute>
              <window-functional name="n"><schema-string>id*:int64,y:double,z:int64</schema-string>
                <function-context><functions><function name="z">eventCounter()</function></functions></function-context>
                <generate>1</generate><opcode>insert</opcode>
              </window-functional>
              <window-calculate name="m" algorithm="Summary"><schema-string>id*:int64,y:double,sum:double</schema-string>
                <parameters><properties><property name="windowLength">20</property></properties></parameters>
                <input-map><properties><property name="input">y</property></properties></input-map>
                <output-map><properties><property name="sumOut">sum</property></properties></output-map>
              </window-calculate>
              <window-aggregate name="a">
                <expr-initialize><initializer type="int32">integer n</initializer></expr-initialize>
                <schema-string>id*:int64,sum:double</schema-string><output><field-expr>ESP_aSum(x)</field-expr></output>
              </window-aggregate>
              <window-join name="j">
                <join type="leftouter" no-regenerates="true" left-index="pi_EMPTY" right-index="pi_HASH">
                  <conditions><fields left="id" right="id"/></conditions></join>
                <expr-initialize><initializer type="int32">integer n</initializer></expr-initialize>
                <output><field-expr name="e" type="double">l_x + r_sum</field-expr><field-selection name="sum" source="r_sum"/>
                  <left-select exclude="x"/><right-expr>id</right-expr></output>
              </window-join>
              <window-union name="u" strict="false"/>
              <window-remove-state name="r" remove="updates deletes" add-log-fields="true"/>
              <window-counter name="o" count-interval="5 seconds" clear-interval="2 minutes"/>
              <window-pattern name="q"><schema-string>key*:int64,id:int64,x:double</schema-string><patterns>
                <pattern name="rise" index="id"><events><event name="low" source="s"><![CDATA[x < 1]]></event><event name="high" source="s"/></events>
                  <logic>fby{5 seconds}(low, and(notoccur(low), is:2(high)))</logic>
                  <output><field-selection node="low" name="id"/><field-expr node="high">x+1</field-expr></output></pattern>
                <pattern name="fall" require="tools"><lua-events><event name="low" source="s" func="low"/></lua-events><logic>low</logic>
                  <code output="out"><![CDATA[function low(e, c) return e.x < 1 end function out(c) return {} end]]></code></pattern>
                <pattern active="false"><events><event name="a">1</event></events><logic>a</logic>
                  <output><field-expr node="a"/><field-expr>2</field-expr></output></pattern></patterns></window-pattern>
              <window-geofence name="z"><geofence coordinate-type="geographic" autosize-mesh="true" output-multiple-results="true"
                  output-sorted-results="true" log-invalid-geometry="true" polygon-compute-distance-to="segment" proximity-analysis="true"
                  strict-projection="true" geofencing-algorithm="winding"/>
                <geometry data-fieldname="area" desc-fieldname="area" radius="50" data-separator=","/>
                <position x-fieldname="x" y-fieldname="x" lookupdistance="10.5"/>
                <output geoid-fieldname="geo" geodesc-fieldname="text" geodistance-fieldname="d" geotype-fieldname="kind"
                  eventnumber-fieldname="n" segmentnumber-fieldname="part" include-geo-fields="area"/></window-geofence>
              <window-source name="places"><schema-string>place*:string,area:string</schema-string></window-source>
              <window-transpose name="w" mode="wide" tag-name="id" tags-included="1,2" tag-values="x" group-by="id" clear-timeout="5 seconds"/>
              <window-calculate name="mas" algorithm="MAS"><schema-string>id*:int64,x:double</schema-string>
                <mas-map><window-map module="mm" function="f" source="c"/></mas-map></window-calculate>
              <window-lua name="l" events="create" init="begin" require="tools" heartbeat="beat"><schema-string>id*:int64,x:double</schema-string>
                <copy exclude="true">x</copy><use>x</use><code><![CDATA[function create(d) return d.x < 1 and d end]]></code></window-lua>
              <window-python name="y" events="create" process-blocks="true" index="pi_EMPTY"><schema-string>id*:int64,x:double</schema-string>
                <copy/><code>def create(data, context):
            return data</code><forwarding><destinations><destination window="s" contquery="cq" blocksize="5"/></destinations></forwarding></window-python>
              <window-notification name="mail"><smtp host="h" port="26" user="u" password="secret"/>
                <function-context><functions><function name="f">sum($x,1)</function></functions></function-context>
                <delivery-channels><email name="e" test="true" throttle-interval="1 minute"><deliver>gt($x,1)</deliver>
                  <email-info><sender>a@b</sender><recipients>c@d</recipients><subject>$x</subject><from>A</from><to>C</to></email-info>
                  <email-contents unresolved-text="?"><text-content name="t">$f</text-content><image-content>$x</image-content></email-contents></email>
                  <sms><sms-info><gateway>g</gateway><phone>1</phone></sms-info></sms></delivery-channels></window-notification>
              <window-custom name="custom" type="average" version="2"><schema-string>id*:int64,x:double</schema-string><plugin code="a.lua">
                <input-map><properties><property name="value">x</property></properties></input-map>
                <output-map><properties><property name="mean">x</property></properties></output-map>
                <initialization><properties><property name="size" required="true">3</property></properties></initialization>
              </plugin></window-custom>
              <window-train name="b" algorithm="KMEANS"><parameters><properties><property name="nInit">9</property></properties></parameters>
                <input-map><properties><property name="inputs">x</property></properties></input-map></window-train>
              <window-object-tracker name="track"><tracker method="bytetrack" iou-sigma="0.3"/><output mode="array" tracks="3" velocity-vector="true"
                  scale-x="1920/416"/><input count="id" x="x" y="x" width="x" height="x" score="x" coord-type="yolo"/></window-object-tracker>
              <window-statedb-writer name="store"><statedb type="memory"/><write prefix="P" ttl="2 hours"><secondary-indexes>
                <secondary-index name="i"><fields>X</fields></secondary-index></secondary-indexes></write>
                <output><field-selection name="x" db-name="X"/></output></window-statedb-writer>
              <window-statedb-reader name="look"><schema-string>id*:int64,n:int64,x:double</schema-string><statedb type="memory"/>
                <query prefix="P" query="id==id and x==X"/><output><field-selection source="query" aggregate="ESP_aCount"/>
                <field-selection source="input" name="x"/></output></window-statedb-reader>
              <window-model-supervisor name="keep" deployment-policy="on-demand" capacity="3"/>
              <window-score name="v"><schema-string>id*:int64,label:int32</schema-string><models><online algorithm="KMEANS">
                <input-map><properties><property name="inputs">x</property></properties></input-map>
                <output-map><properties><property name="labelOut">label</property></properties></output-map></online></models></window-score>
              <window-model-reader name="reader" model-type="onnx"><parameters><properties><property name="reference">m.onnx</property>
                <property name="execProvider">CPU</property></properties></parameters></window-model-reader>
              <window-score name="onnx"><schema-string>id*:int64,label:int32</schema-string><models>
                <offline model-type="onnx" reference="n.onnx"><input-map><properties><property name="in">x</property></properties></input-map>
                <output-map><properties><property name="out">label</property></properties></output-map></offline></models></window-score>
              <window-filter name="e" func="keep"><use>x</use><code>function keep(d) return true end</code></window-filter>
            </windows>
            <edges><edge source="a" target="j" role="right"/><edge source="f" target="j"/>
              <edge source="c" target="a u l y e b v mas custom mail store look onnx"/>
              <edge source="c" target="track"/><edge source="b" target="keep" role="model"/>
              <edge source="keep" target="v" role="model"/>
              <edge source="reader" target="onnx" role="model"/>
              <edge source="t" target="u"/><edge source="u" target="r o w"/><edge source="r" target="o"/>
              <edge source="s" target="c t" slot="1"/><edge source="s" target="q"/><edge source="places" target="z" role="geometry"/>
              <edge source="s" target="z" role="position"/><edge source="c" target="f"/><edge source="f" target="k"/>
              <edge source="k" target="n"/><edge source="n" target="m" role="data"/></edges>
          </contquery></contqueries>
          <project-connectors><connector-groups><connector-group name="g">
            <connector-entry connector="cq/s/in" state="running"/>
          </connector-group></connector-groups></project-connectors>
        </project>
        """;

    /// <summary>A query with a source window s of schema id*:int64,x:double and more.</summary>
    public static string Query(string windows, string edges) => $"""
        <project name="p"><contqueries><contquery name="cq"><windows>
        <window-source name="s"><schema-string>id*:int64,x:double</schema-string></window-source>
        {windows}</windows><edges>{edges}</edges></contquery></contqueries></project>
        """;
}
