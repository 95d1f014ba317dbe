"""An xmeml file of two sequences, with all that an editor may have added and an edit must not lose."""

from __future__ import annotations

from pathlib import Path

_RATE = "<rate><timebase>30</timebase><ntsc>TRUE</ntsc></rate>"
_TICKS = 8_475_667_200  # of Premiere, a frame of 30000/1001


def rich_xmeml(folder: Path, version: str = "4") -> Path:
    """`clip 1` to `clip 3` of forty frames, with linked stereo sound, under a nested sequence and a title."""
    video = "".join(_clip(number, "v") for number in (1, 2, 3))
    sound = ["".join(_clip(number, side) for number in (1, 2, 3)) for side in ("l", "r")]
    second = _clip(1, "w", name="other").replace('id="w1"', 'id="w1" frameBlend="FALSE"')
    path = folder / "cut.xml"
    path.write_text(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE xmeml>
<xmeml version="{version}"><project><name>p</name><children>
<bin><name>cuts</name><children>
<sequence id="first" MZ.EditLine="7"><uuid>abc</uuid><duration>120</duration>{_RATE}<name>first</name>
<in>10</in><out>110</out>
<timecode>{_RATE}<string>01:00:00;00</string><frame>107892</frame><displayformat>DF</displayformat></timecode>
<marker><name>one</name><comment>c</comment><in>5</in><out>-1</out><pproColor>42</pproColor></marker>
<media><video><format><samplecharacteristics>{_RATE}<width>1280</width></samplecharacteristics></format>
<track MZ.TrackName="V1">{video}<enabled>TRUE</enabled><locked>FALSE</locked></track>
<track>{_nested()}<enabled>FALSE</enabled></track></video>
<audio><numOutputChannels>2</numOutputChannels>
<track premiereTrackType="Stereo">{sound[0]}<outputchannelindex>1</outputchannelindex></track>
<track premiereTrackType="Stereo">{sound[1]}<outputchannelindex>2</outputchannelindex></track></audio></media>
<marker><name>two</name><comment/><in>100</in><out>100</out></marker>
<logginginfo><description>keep</description></logginginfo>
</sequence>
<sequence id="second"><name>second</name><duration>40</duration>{_RATE}
<media><video><track>{second}</track></video></media></sequence>
</children></bin></children></project></xmeml>
""",
        "utf-8",
    )
    return path


def _clip(number: int, side: str, name: str = "") -> str:
    start, first = 40 * (number - 1), 50 * number
    kinds = (("v", "video", 1), ("l", "audio", 1), ("r", "audio", 2))
    links = "".join(
        f"<link><linkclipref>{one}{number}</linkclipref><mediatype>{kind}</mediatype>"
        f"<trackindex>{track}</trackindex><clipindex>{number}</clipindex><groupindex>1</groupindex></link>"
        for one, kind, track in kinds
    )
    offset = 1000 if side == "l" else 0  # sound that begins between two frames
    return f"""<clipitem id="{side}{number}" premiereChannelType="stereo">
<masterclipid>masterclip-1</masterclipid><name>{name or f"clip {number}"}</name><enabled>TRUE</enabled>
<duration>500</duration>{_RATE}<start>{start}</start><end>{start + 40}</end>
<in>{first}</in><out>{first + 40}</out>
<pproTicksIn>{first * _TICKS + offset}</pproTicksIn>
<pproTicksOut>{(first + 40) * _TICKS + offset}</pproTicksOut>
{_file() if (side, number) in {("v", 1), ("w", 1)} else '<file id="file-1"/>'}
<filter><start>0</start><end>500</end><effect><name>Opacity</name><effectid>opacity</effectid><parameter>
<parameterid>opacity</parameterid><value>100</value><keyframe><when>100</when><value>0</value></keyframe>
<keyframe><when>140</when><value>100</value></keyframe></parameter></effect></filter>
<filter><start>-1</start><end>-1</end><effect><effectid>vendor:odd</effectid>
<mystery keep="me"/></effect></filter>
<sourcetrack><mediatype>audio</mediatype><trackindex>{2 if side == "r" else 1}</trackindex></sourcetrack>
{"" if side == "w" else links}
<logginginfo><scene>12A</scene></logginginfo><labels><label2>Iris</label2></labels></clipitem>"""


def _file() -> str:
    return f"""<file id="file-1"><name>a.mov</name><pathurl>file://localhost/media/a%20b.mov</pathurl>{_RATE}
<duration>500</duration><timecode>{_RATE}<string>10:00:00;00</string><frame>1078920</frame>
<displayformat>DF</displayformat></timecode><media><video><samplecharacteristics><width>1280</width>
</samplecharacteristics></video><audio><channelcount>2</channelcount></audio></media></file>"""


def _nested() -> str:
    return f"""<clipitem id="nest"><name>inner</name><duration>300</duration>{_RATE}
<start>0</start><end>100</end><in>20</in><out>120</out><sequence id="inner"><name>inner</name>
<duration>300</duration>{_RATE}<media><video><track>
<clipitem id="deep"><name>deep</name>{_RATE}<start>0</start><end>300</end><in>0</in><out>300</out>
<file id="file-1"/></clipitem></track></video></media></sequence></clipitem>
<generatoritem id="gen"><name>Title</name><duration>300</duration>{_RATE}<start>100</start><end>120</end>
<in>0</in><out>20</out><effect><name>Text</name><effectid>Text</effectid></effect></generatoritem>"""
