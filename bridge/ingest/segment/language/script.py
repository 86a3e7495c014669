"""Which language a page is in, by its characters."""

import re

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")

TRADITIONAL = frozenset(
    "個們這來對時會說國過為學發後裡還開經動現長與無關員兩書樣當點種"
    "東業電問間報導訊記實體將區場應從進層題數據廣議處環監軍衛畫單雙聯財資費"
    "車軌運輸達選適遠遲邊邏陳陸陽隊階際險隨難雲靜頁頂項順須預領頭頻顆風飛飯館"
    "馬駕驗驚髮鬥魚鳥鳳麗麥黃點黨齊龍龜號萬義習鄉買亂爭於虧產畝親億僅侖倉儀價"
)
"""Frequent characters that only the traditional script has."""

SIMPLIFIED = frozenset(
    "个们这来对时会说国过为学发后还开经动现长与无关员两书样当点种东业电问间报导讯记实"
    "体将区场应从进层题数据广议处环监军卫画单双联财资费车轨运输达选适远迟边陈陆阳队阶"
    "际险随难云静页顶项顺须预领头频颗风飞饭馆马驾验惊斗鱼鸟凤丽麦黄党齐龙龟号万义习乡"
    "买乱争于亏产亩亲亿仅仑仓仪价"
) - frozenset("导来据斗云后于")
"""Their simplified forms, without those that the traditional script has as well."""

SAMPLE = 4_000
"""Characters looked at; a page has some 10,000."""

_HAN_RUN = re.compile(f"{HAN.pattern}+")
_LATIN = re.compile("[A-Za-z]+")
_TELLING = re.compile(f"[{''.join(sorted(TRADITIONAL | SIMPLIFIED))}]")


def language(text: str) -> str:
    """Return the BCP 47 tag of the text: `zh-Hans`, `zh-Hant` or `en`."""
    sample = text[:SAMPLE]
    han = sum(map(len, _HAN_RUN.findall(sample)))
    if han * 5 < len(sample):
        latin = sum(map(len, _LATIN.findall(sample)))
        if han * 4 < latin:  # a Latin word has some five letters, a Chinese one two characters
            return "en"
    telling = _TELLING.findall(sample)
    traditional = sum(map(TRADITIONAL.__contains__, telling))
    return "zh-Hant" if traditional * 2 > len(telling) else "zh-Hans"
