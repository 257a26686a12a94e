namespace Lockstep.Manager.Web.Tests;

/// <summary>Models for tests.</summary>
public static class Models
{
    /// <summary>The sample.</summary>
    public static string Sum20 => Demo.DemoDeployment.Model();

    /// <summary>Two errors: an unknown field type and an unknown retention.</summary>
    public const string TwoErrors = """
        <project name="bad" threads="1" pubsub="auto">
          <contqueries>
            <contquery name="cq">
              <windows>
                <window-source name="a"><schema><fields><field name="id" type="wrong" key="true"/></fields></schema></window-source>
                <window-source name="b">
                  <retention type="sideways">10</retention>
                  <schema><fields><field name="id" type="int64" key="true"/></fields></schema>
                </window-source>
              </windows>
            </contquery>
          </contqueries>
        </project>
        """;

    /// <summary>A password in clear text.</summary>
    public const string WithSecret = """
        <project name="s" threads="1" pubsub="auto">
          <contqueries>
            <contquery name="cq">
              <windows>
                <window-source name="a" insert-only="true">
                  <schema><fields><field name="id" type="int64" key="true"/></fields></schema>
                  <connectors>
                    <connector class="mqtt" name="m"><properties>
                      <property name="type">pub</property><property name="mqttmsgtype">csv</property>
                      <property name="mqtthost">localhost</property><property name="mqtttopic">t</property>
                      <property name="mqttuserid">u</property><property name="mqttpassword">open-sesame</property>
                    </properties></connector>
                  </connectors>
                </window-source>
              </windows>
            </contquery>
          </contqueries>
        </project>
        """;

    /// <summary>What only the validator finds: a kind that does not run, an unknown class, a wrong value, an unknown property.</summary>
    public const string ThreeErrors = """
        <project name="bad" threads="1" pubsub="auto">
          <contqueries>
            <contquery name="cq">
              <windows>
                <window-source name="a">
                  <schema><fields><field name="id" type="int64" key="true"/></fields></schema>
                  <connectors>
                    <connector class="sniffer" name="m"><properties><property name="type">pub</property></properties></connector>
                    <connector class="fs" name="f"><properties>
                      <property name="type">pub</property><property name="fstype">binary</property>
                      <property name="fsname">/tmp/in.csv</property><property name="speed">9</property>
                    </properties></connector>
                  </connectors>
                </window-source>
                <window-textcategory name="p"/>
              </windows>
              <edges><edge source="a" target="p"/></edges>
            </contquery>
          </contqueries>
        </project>
        """;
}
